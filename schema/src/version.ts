// How a store's file says that it is one, and of which version; the migrations write both into its header.

/** SQLite's `application_id`: "RTRT". */
export const applicationId = 0x52545254

/**
 * SQLite's `user_version`: how many migrations of the tables this code knows. A Retort that knows fewer refuses the store.
 * Views have no version: who opens a store makes those that it knows.
 */
export const schemaVersion = 12
