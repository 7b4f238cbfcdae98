export const REPOSITORY: string;
