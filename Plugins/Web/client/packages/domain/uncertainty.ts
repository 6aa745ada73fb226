import type { APIProblem } from '@lonja/api/transport';

/** Whether a call may have done its work although it failed: then it is sent again under the same key. */
export function isUncertain(problem: APIProblem): boolean {
    return problem.status === 0 || problem.status >= 500 || problem.status === 499;
}

/** Whether the call was not even looked at, so that the same one may be sent later. */
export function isPutOff(problem: APIProblem): boolean {
    return problem.status === 401 || problem.status === 403 || problem.status === 429;
}
