import { randomBytes } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { systemClock } from '../../harness/time/clock.ts';
import type { Backend, Finding, Needs, Role, StartContext, StartedBackend } from '../backend.ts';
import { BackendControlError, BackendStoppedError, UnfitServersError } from '../errors.ts';
import { newSecret } from '../secret.ts';
import { type Attempt, connectFailure, insistsOnTls } from './connect-failure.ts';
import { secretsIn } from './credentials.ts';
import { addressFor, type DatabaseAddress, parseDatabaseAddress, withTls } from './database/address.ts';
import { connect } from './database/connection.ts';
import { type DatabasePlace, examineDatabase, factsOf, takenBy } from './database/examine.ts';
import { lockSchema } from './database/grip.ts';
import {
  contentsOf,
  dismantle,
  MARKER_TABLE,
  OWN_TABLES,
  readMarker,
  schemaExists,
  writeMarker,
} from './database/possession.ts';
import { grantsOf } from './database/privileges.ts';
import { remove } from './database/removal.ts';
import type { DatabaseFacts } from './database/settings.ts';
import { type Grip, type Held, Hold, NotYetError } from './hold.ts';
import { reachAny } from './reach.ts';
import { settingUp } from './setting-up.ts';

export interface ExternalDatabaseOptions {
  /** See `parseDatabaseAddress`. */
  readonly url: string;
  /** @default the address's, or `cachestorm` */
  readonly schema?: string | undefined;
  readonly needs: Needs;
}

/** MySQL says that it wants TLS, MariaDB refuses as it does for a wrong password. */
const REFUSED_PLAIN = /^ER_(ACCESS_DENIED|SECURE_TRANSPORT)/;
const REMOVAL = new URL('./database/removal.ts', import.meta.url).href;

/** A user of the run's own: by its name the server counts its statements apart from everybody else's. */
interface Account {
  readonly name: string;
  readonly password: string;
}

/**
 * The user's own MariaDB or MySQL, of which a run uses one schema: it is made and dropped at the end, or is empty before
 * and after. Each role has a user of its own, with a random name and password, which is dropped at the end.
 *
 * @throws AddressError
 */
export function externalDatabase({ url, schema: chosen, needs }: ExternalDatabaseOptions): Backend {
  const address = parseDatabaseAddress(url, chosen);
  const { at, host, port, tls, schema } = address;
  const attempt: Attempt = {
    variable: 'MYSQL_URL',
    at,
    product: 'a MariaDB or MySQL',
    tls,
    schemes: {
      plain: 'mysql:// with ?ssl-mode=DISABLED',
      tls: 'mysql:// with ?ssl-mode=VERIFY_IDENTITY',
    },
  };
  const place: DatabasePlace = { attempt, server: `${attempt.variable} (${at})`, schema, needs };

  async function examine(): Promise<readonly Finding[]> {
    try {
      await reachAny([{ host, port }]);
      const connection = await connect(address.url);
      try {
        return await examineDatabase(connection, place);
      } finally {
        connection.destroy();
      }
    } catch (error) {
      const insists =
        !tls && REFUSED_PLAIN.test(String(Object(error).code)) && (await letsIn(withTls(address.url)));
      return [insists ? insistsOnTls(attempt) : connectFailure(attempt, error)];
    }
  }

  return {
    kind: 'database',
    examine,
    async start(context) {
      const findings = await examine();
      if (findings.length > 0) throw new UnfitServersError(findings);
      context.signal.throwIfAborted();
      const accounts = {
        service: newAccount('service'),
        relay: newAccount('relay'),
        probe: newAccount('probe'),
      };
      const secrets = [...secretsIn([url]), ...Object.values(accounts).map(({ password }) => password)];
      return settingUp(place.server, secrets, context.signal, () => claim(address, place, accounts, context));
    },
  };
}

/** Takes possession of the schema, over what a dead run has left there, and makes the users. */
async function claim(
  address: DatabaseAddress,
  place: DatabasePlace,
  accounts: Readonly<Record<Role, Account>>,
  context: StartContext,
): Promise<StartedBackend> {
  const { url, schema } = address;
  const { runId } = context;
  await using starting = new AsyncDisposableStack();
  const grip = starting.use(await lockSchema(url, schema));
  const { holder } = grip;
  if (!grip.locked) throw new UnfitServersError([takenBy(place, await readMarker(holder, schema))]);
  const facts = await factsOf(holder);
  await removeDeadRun(holder, schema);
  const madeSchema = !(await schemaExists(holder, schema));
  const users = Object.values(accounts).map(({ name }) => name);
  const remains = { url, schema, runId, madeSchema, users };
  const released = context.onRemains({ module: REMOVAL, data: remains });
  starting.defer(async () => {
    // Whoever removes has to take the lock.
    await grip[Symbol.asyncDispose]();
    await remove(remains);
    released();
  });
  const startedAt = new Date(systemClock.wallMs()).toISOString();
  if (madeSchema) await holder.query('CREATE SCHEMA ??', [schema]);
  await writeMarker(holder, schema, { runId, startedAt, users, madeSchema });
  for (const role of ['service', 'relay', 'probe'] as const) {
    const { name, password } = accounts[role];
    await holder.query("CREATE USER ?@'%' IDENTIFIED BY ?", [name, password]);
    for (const grant of grantsOf(role, `'${name}'@'%'`, schema, place.needs)) await holder.query(grant);
  }
  const hold = starting.use(
    new Hold(grip, {
      clock: systemClock,
      server: place.server,
      what: `the schema ${schema}`,
      take: () => lockAgain(url, place, runId),
      explain: (error) => connectFailure(place.attempt, error),
      onLost: context.onLost,
    }),
  );
  return new ExternalDatabase(address, facts, accounts, { hold, cleanUp: starting.move() });
}

/** @throws UnfitServersError when the schema is no longer this run's */
async function lockAgain(url: string, place: DatabasePlace, runId: string): Promise<Grip> {
  await using taking = new AsyncDisposableStack();
  const grip = taking.use(await lockSchema(url, place.schema));
  const marker = await readMarker(grip.holder, place.schema);
  if (marker?.runId !== runId) throw new UnfitServersError([takenBy(place, marker)]);
  // Of the connection that was lost, if the server does not know that yet; or of another run, which will change the marker.
  if (!grip.locked) throw new NotYetError('its lock is taken');
  taking.move();
  return grip;
}

/** What is there after the examination is either nothing or a dead run's. */
async function removeDeadRun(holder: Connection, schema: string): Promise<void> {
  const marker = await readMarker(holder, schema);
  if (marker !== null) return dismantle(holder, schema, marker);
  const contents = await contentsOf(holder, schema);
  if (contents.includes(MARKER_TABLE)) await dismantle(holder, schema, { users: [], madeSchema: false });
}

class ExternalDatabase implements StartedBackend {
  readonly kind = 'database';
  readonly product: string;
  readonly version: string;
  readonly #address: DatabaseAddress;
  readonly #accounts: Readonly<Record<Role, Account>>;
  readonly #hold: Hold;
  readonly #cleanUp: AsyncDisposableStack;
  #disposal: Promise<void> | undefined;

  constructor(
    address: DatabaseAddress,
    { product, version }: DatabaseFacts,
    accounts: Readonly<Record<Role, Account>>,
    { hold, cleanUp }: Held,
  ) {
    this.product = product;
    this.version = version;
    this.#address = address;
    this.#accounts = accounts;
    this.#hold = hold;
    this.#cleanUp = cleanUp;
  }

  url(role: Role): string {
    return addressFor(this.#address, this.#accounts[role]);
  }

  kill = () => this.#refuse('kill');
  pause = () => this.#refuse('pause');
  resume = () => this.#refuse('resume');
  restart = () => this.#refuse('restart');

  confirm(): Promise<void> {
    return this.#hold.confirm();
  }

  /** Empties the tables of the run, and no others. */
  async flush(): Promise<void> {
    if (this.#disposal !== undefined) throw new BackendStoppedError(this.product, 'flush');
    await this.confirm();
    const connection = await connect(this.url('probe'));
    try {
      const [tables] = await connection.query<RowDataPacket[]>(
        'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_name IN (?)',
        [this.#address.schema, OWN_TABLES],
      );
      await connection.query('SET SESSION lock_wait_timeout = 20, foreign_key_checks = 0');
      for (const { name } of tables) await connection.query('TRUNCATE TABLE ??', [name]);
    } finally {
      connection.destroy();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#cleanUp.disposeAsync();
    return this.#disposal;
  }

  async #refuse(action: string): Promise<never> {
    throw new BackendControlError(this.product, action);
  }
}

/** 32 characters at most. With all kinds of characters in the password, which a server may insist on. */
function newAccount(role: Role): Account {
  return { name: `cachestorm_${role}_${randomBytes(5).toString('hex')}`, password: `Cs1-${newSecret()}` };
}

async function letsIn(url: string): Promise<boolean> {
  try {
    (await connect(url)).destroy();
    return true;
  } catch {
    return false;
  }
}
