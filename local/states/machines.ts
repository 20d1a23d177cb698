/** State machines: created once, checked before, never changed. */
import { definitionOf, InvalidDefinition, type Problem, problemsOf } from '../asl/index.ts';
import { AwsError } from '../aws-service.ts';
import { checkArn, checkName } from './limits.ts';
import { type PageRequest, page } from './page.ts';

export interface StateMachine {
  stateMachineArn: string;
  name: string;
  /** JSON text, as it was given. */
  definition: string;
  roleArn: string;
  type: 'STANDARD';
  creationDate: Date;
}

export interface CreateRequest {
  name: string;
  definition: string;
  roleArn: string;
  type?: string;
}

export function stateMachines(prefix: string, now: () => number) {
  const machines = new Map<string, StateMachine>();

  function find(arn: unknown): StateMachine {
    const found = machines.get(checkArn(arn));
    if (!found) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return found;
  }

  return {
    find,

    /** The same request again answers the same machine; another one under its name is refused. */
    create({ name, definition, roleArn, type = 'STANDARD' }: CreateRequest) {
      const stateMachineArn = `${prefix}:stateMachine:${checkName(name)}`;
      if (type !== 'STANDARD') throw new AwsError('ValidationException', `Type ${type} is not implemented`);
      const problems = problemsIn(definition);
      if (problems.length > 0)
        throw new AwsError('InvalidDefinition', new InvalidDefinition(problems).message);

      const existing = machines.get(stateMachineArn);
      if (existing && (existing.definition !== definition || existing.roleArn !== roleArn)) {
        throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${stateMachineArn}'`);
      }
      const created: StateMachine = existing ?? {
        ...{ stateMachineArn, name, definition, roleArn },
        ...{ type: 'STANDARD', creationDate: new Date(now()) },
      };
      machines.set(stateMachineArn, created);
      return { stateMachineArn, creationDate: created.creationDate };
    },

    delete(arn: unknown) {
      machines.delete(checkArn(arn));
      return {};
    },

    describe: (arn: unknown) => ({ ...find(arn), status: 'ACTIVE', ...settings }),

    list(request: PageRequest) {
      const all = [...machines.values()].sort((a, b) => a.name.localeCompare(b.name));
      const { shown, ...rest } = page(all, request, 1000);
      return {
        stateMachines: shown.map(({ stateMachineArn, name, type, creationDate }) => ({
          ...{ stateMachineArn, name, type, creationDate },
        })),
        ...rest,
      };
    },
  };
}

/** What every machine here has: no logs, no traces. */
export const settings = {
  loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  tracingConfiguration: { enabled: false },
};

export function validate({ definition, maxResults = 0 }: { definition: string; maxResults?: number }) {
  const problems = problemsIn(definition);
  const shown = maxResults > 0 ? problems.slice(0, maxResults) : problems;
  return {
    result: problems.length > 0 ? 'FAIL' : 'OK',
    diagnostics: shown.map((problem) => ({ severity: 'ERROR', ...problem })),
    truncated: shown.length < problems.length,
  };
}

function problemsIn(definition: unknown): Problem[] {
  try {
    return problemsOf(definitionOf(String(definition)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return problemsOf(undefined);
  }
}
