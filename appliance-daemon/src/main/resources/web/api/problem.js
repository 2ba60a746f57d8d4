/** What went wrong with a request, as RFC 9457 tells it; status 0 when there was no answer. */
export class Problem extends Error {
  /**
   * @param {{status?: number, code?: string, title?: string, detail?: string, field?: string, findings?: object[]}} problem
   *   findings: what is wrong with network settings
   * @param {number | null} [retryAfter] seconds
   */
  constructor({ status = 0, code = "", title = "", detail = "", field = "", findings = [] }, retryAfter = null) {
    super(detail || title || code);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.field = field;
    this.retryAfter = retryAfter;
    this.findings = findings;
    /** Flaws by field, of a form that shows several at once. @type {Record<string, string>} */
    this.fields = {};
  }

  /** The same, as a flaw of this field, where the daemon's code names no field but the form knows it. @param {string} field */
  at(field) {
    this.field = field;
    return this;
  }
}
