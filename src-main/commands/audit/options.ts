import { Option } from '@commander-js/extra-typings';

/** Entries of one environment only. */
export const onlyEnvironmentOption = () => new Option('--env <name>', 'only the entries of this environment');
