package io.airbox.daemon.http;

import io.airbox.daemon.access.AuditLog;
import io.airbox.daemon.access.Caller;
import io.airbox.helper.HelperClient;
import io.airbox.helper.HelperException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The machine below: its name, its clock, its restart. What needs root is done by airbox-helper.
 */
final class SystemRoutes {
  private static final String HOSTNAME = "hostname";
  private static final String TIME = "time";
  private static final String DRY_RUN = "dry_run";

  /** Longer than any name or time; the helper says what is wrong with it. */
  private static final int LONGEST = 300;

  private final HelperClient helper;
  private final Supplier<String> hostName;
  private final AuditLog audit;
  private final RequestBodies bodies;

  /**
   * @param hostName the machine's name now
   */
  SystemRoutes(
      HelperClient helper, Supplier<String> hostName, AuditLog audit, RequestBodies bodies) {
    this.helper = helper;
    this.hostName = hostName;
    this.audit = audit;
    this.bodies = bodies;
  }

  void mount(Routes routes) {
    routes.get("/api/v1/system").handler(this::show);
    routes
        .put("/api/v1/system/hostname")
        .handler(context -> change(context, "system.hostname", this::hostname));
    routes
        .put("/api/v1/system/time")
        .handler(context -> change(context, "system.time", this::time));
    routes
        .post("/api/v1/system/reboot")
        .handler(context -> change(context, "system.reboot", this::reboot));
  }

  private void show(RoutingContext context) {
    Reply.after(
        context,
        () -> {
          Optional<String> missing = helper.unavailable();
          return new JsonObject()
              .put(HOSTNAME, hostName.get())
              .put(TIME, JobJson.time(Instant.now()))
              .put(
                  "helper",
                  new JsonObject()
                      .put("available", missing.isEmpty())
                      .put("reason", missing.orElse(null)));
        },
        system -> Reply.json(context, 200, system));
  }

  /**
   * Something that is asked of the helper.
   *
   * @param dryRun whether it is only to be told
   * @param before what is now, for the audit log
   * @param after what is wanted, for the audit log
   * @param work asks for it and returns its steps
   */
  private record Change(
      boolean dryRun,
      @Nullable String before,
      @Nullable String after,
      Supplier<List<String>> work) {}

  private Change hostname(Buffer body) {
    Fields fields = Fields.parse(body, Set.of(HOSTNAME, DRY_RUN));
    String name = required(fields, HOSTNAME);
    boolean dryRun = fields.flag(DRY_RUN, false);
    return new Change(dryRun, hostName.get(), name, () -> helper.setHostname(name, dryRun));
  }

  private Change time(Buffer body) {
    Fields fields = Fields.parse(body, Set.of(TIME, DRY_RUN));
    Instant time = instant(required(fields, TIME));
    boolean dryRun = fields.flag(DRY_RUN, false);
    return new Change(
        dryRun, Instant.now().toString(), time.toString(), () -> helper.setTime(time, dryRun));
  }

  private Change reboot(Buffer body) {
    boolean dryRun = body.length() > 0 && Fields.parse(body, Set.of(DRY_RUN)).flag(DRY_RUN, false);
    return new Change(dryRun, null, null, () -> helper.reboot(dryRun));
  }

  private static String required(Fields fields, String name) {
    String text = fields.text(name, LONGEST);
    if (text == null) {
      throw HttpFailure.invalid(name, name + ": is missing");
    }
    return text;
  }

  private static Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw HttpFailure.invalid(
          TIME, TIME + ": is not a time of RFC 3339, such as 2027-01-31T12:00:00Z");
    }
  }

  private void change(RoutingContext context, String action, Function<Buffer, Change> parse) {
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        parse,
        change ->
            Reply.after(
                context,
                () -> perform(caller, action, change),
                steps ->
                    Reply.json(
                        context,
                        200,
                        new JsonObject()
                            .put(DRY_RUN, change.dryRun())
                            .put("steps", new JsonArray(steps)))));
  }

  private List<String> perform(Caller caller, String action, Change change) {
    if (change.dryRun()) {
      return change.work().get();
    }
    String outcome = AuditLog.DONE;
    try {
      return change.work().get();
    } catch (HelperException e) {
      outcome = e.reason().name();
      throw e;
    } finally {
      audit.record(caller, action, null, change.before(), change.after(), outcome);
    }
  }
}
