import { Option } from '@commander-js/extra-typings';

/** Entries of one environment only. */
export const onlyEnvironmentOption = () => new Option('--env <name>', 'only what concerns this environment');
