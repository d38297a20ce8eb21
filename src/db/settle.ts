/** Transactions that look something up and make it where it is missing: who loses a race finds what the winner has made. */
import { type Db, isForeignKeyViolation, isUniqueViolation, type Queries } from './database.ts'

/** Each loss means that somebody else's transaction has just changed what is looked for. */
const attempts = 4

/** Runs a transaction again when somebody else has just made the row that it makes, or deleted one that it found. */
export async function settle<T>(db: Db, work: (tx: Queries) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(work)
    } catch (error) {
      if (attempt === attempts || !isRace(error)) throw error
    }
  }
}

/** A store may have put a listed error around the violation. */
const isRace = (error: unknown): boolean =>
  isUniqueViolation(error) || isForeignKeyViolation(error) || (error instanceof Error && isUniqueViolation(error.cause))
