/** Ways in which Ballast is run, and how each takes in a changed `.env`. The names are Ballast's usual ones. */
export const restartCommands: readonly {
  readonly way: string;
  readonly command: string;
  readonly note: string;
}[] = [
  {
    way: 'Docker Compose',
    command: 'docker compose up -d',
    note: 'In the folder of the compose file. A mere restart keeps the old environment.',
  },
  {
    way: 'systemd',
    command: 'sudo systemctl restart ballast',
    note: 'With EnvironmentFile= on this .env.',
  },
  {
    way: 'Kubernetes',
    command: 'kubectl rollout restart deployment/ballast',
    note: 'After the Secret that the pods read has been changed.',
  },
];
