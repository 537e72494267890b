import { runAction } from '../shared/run.ts';
import { buildImage } from './build-image.ts';
import { parse } from './inputs.ts';

void runAction({ name: 'build-image', parse: () => parse(process.env), main: buildImage });
