// Preact comes from its WebJar; its version is named here and in the root pom, nowhere else.
export * from "/webjars/preact/10.28.0/dist/preact.module.js";
