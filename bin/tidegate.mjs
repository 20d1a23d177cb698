#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// `npx tidegate …` in this folder, or a link to this file from anywhere: the same as `npm run tidegate -- …`.
import '../cli/tidegate.ts';
