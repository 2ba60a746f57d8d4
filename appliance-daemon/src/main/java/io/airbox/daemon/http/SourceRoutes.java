package io.airbox.daemon.http;

import io.airbox.daemon.access.AuditLog;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.sources.PackageSources;
import io.airbox.daemon.sources.Reached;
import io.airbox.daemon.sources.TimeSources;
import io.airbox.helper.HelperClient;
import io.airbox.helper.HelperException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where packages and the time come from. What is chosen is asked first whether it answers; the
 * settings before can be put back.
 */
final class SourceRoutes {
  private static final String MIRROR = "mirror";
  private static final String SERVERS = "servers";
  private static final String PREVIOUS = "previous";
  private static final String DRY_RUN = "dry_run";
  private static final String FORCE = "force";

  /** Longer than what the helper takes; it says what is wrong. */
  private static final int LONGEST = 300;

  private final HelperClient helper;
  private final PackageSources packages;
  private final TimeSources times;
  private final AuditLog audit;
  private final RequestBodies bodies;

  SourceRoutes(HelperClient helper, Path sysroot, AuditLog audit, RequestBodies bodies) {
    this.helper = helper;
    this.packages = new PackageSources(sysroot);
    this.times = new TimeSources(sysroot, InstantSource.system());
    this.audit = audit;
    this.bodies = bodies;
  }

  void mount(Routes routes) {
    routes
        .get("/api/v1/system/mirror")
        .handler(
            context -> Reply.after(context, this::mirror, json -> Reply.json(context, 200, json)));
    routes
        .put("/api/v1/system/mirror")
        .handler(context -> change(context, "system.mirror", this::mirrorChange));
    routes
        .get("/api/v1/system/ntp")
        .handler(
            context -> Reply.after(context, this::ntp, json -> Reply.json(context, 200, json)));
    routes
        .put("/api/v1/system/ntp")
        .handler(context -> change(context, "system.ntp", this::ntpChange));
  }

  private JsonObject mirror() {
    JsonArray lines = new JsonArray();
    packages
        .lines()
        .forEach(
            line ->
                lines.add(
                    new JsonObject()
                        .put("uri", line.uri())
                        .put("suite", line.suite())
                        .put("components", new JsonArray(line.components()))
                        .put("own", line.own())));
    return new JsonObject()
        .put("release", packages.release().orElse(null))
        .put(MIRROR, packages.mirror().orElse(null))
        .put("lines", lines)
        .put("can_restore", packages.canRestore());
  }

  private JsonObject ntp() {
    return new JsonObject()
        .put(SERVERS, new JsonArray(times.chosen()))
        .put("system", new JsonArray(times.system()))
        .put("synchronised", times.synchronised())
        .put("can_restore", times.canRestore());
  }

  /**
   * Something that is asked of the helper.
   *
   * @param ask whether the new source answers; asks nobody when the former is put back
   * @param before what is now, for the audit log
   * @param after what is wanted, for the audit log
   * @param work asks the helper, for its steps alone or to do them
   */
  private record Change(
      boolean dryRun,
      boolean force,
      Supplier<List<Reached>> ask,
      @Nullable String before,
      String after,
      Function<Boolean, List<String>> work) {}

  private Change mirrorChange(Buffer body) {
    Fields fields = Fields.parse(body, Set.of(MIRROR, PREVIOUS, DRY_RUN, FORCE));
    boolean dryRun = fields.flag(DRY_RUN, false);
    boolean force = fields.flag(FORCE, false);
    String before = packages.mirror().orElse(null);
    if (previous(fields, MIRROR)) {
      return new Change(dryRun, force, List::of, before, PREVIOUS, helper::restoreMirror);
    }
    String mirror = fields.text(MIRROR, LONGEST);
    if (mirror == null) {
      throw HttpFailure.invalid(MIRROR, MIRROR + ": is missing");
    }
    return new Change(
        dryRun,
        force,
        () -> packages.ask(mirror),
        before,
        mirror,
        only -> helper.setMirror(mirror, only));
  }

  private Change ntpChange(Buffer body) {
    Fields fields = Fields.parse(body, Set.of(SERVERS, PREVIOUS, DRY_RUN, FORCE));
    boolean dryRun = fields.flag(DRY_RUN, false);
    boolean force = fields.flag(FORCE, false);
    String before = String.join(" ", times.chosen());
    if (previous(fields, SERVERS)) {
      return new Change(dryRun, force, List::of, before, PREVIOUS, helper::restoreTimeServers);
    }
    List<String> servers = fields.texts(SERVERS, LONGEST);
    if (servers == null) {
      throw HttpFailure.invalid(SERVERS, SERVERS + ": is missing");
    }
    return new Change(
        dryRun,
        force,
        () -> times.ask(servers),
        before,
        String.join(" ", servers),
        only -> helper.setTimeServers(servers, only));
  }

  private static boolean previous(Fields fields, String other) {
    boolean previous = fields.flag(PREVIOUS, false);
    if (previous && fields.has(other)) {
      throw HttpFailure.invalid(PREVIOUS, PREVIOUS + ": goes without " + other);
    }
    return previous;
  }

  private void change(RoutingContext context, String action, Function<Buffer, Change> parse) {
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        parse,
        change ->
            Reply.after(
                context,
                performing(caller, action, change),
                json -> Reply.json(context, 200, json)));
  }

  private Callable<JsonObject> performing(Caller caller, String action, Change change) {
    return () -> {
      // what the helper refuses is asked of nobody
      List<String> steps = change.work().apply(true);
      List<Reached> answers = change.ask().get();
      boolean reached = answers.isEmpty() || answers.stream().anyMatch(Reached::reachable);
      if (!change.dryRun()) {
        if (!reached && !change.force()) {
          throw unreachable(answers);
        }
        steps = perform(caller, action, change);
      }
      JsonArray asked = new JsonArray();
      for (Reached answer : answers) {
        asked.add(
            new JsonObject()
                .put("target", answer.target())
                .put("reachable", answer.reachable())
                .put("detail", answer.detail())
                .put("milliseconds", answer.millis()));
      }
      return new JsonObject()
          .put(DRY_RUN, change.dryRun())
          .put("steps", new JsonArray(steps))
          .put("reached", asked);
    };
  }

  private static HttpFailure unreachable(List<Reached> answers) {
    List<String> words = new ArrayList<>();
    answers.forEach(each -> words.add(each.target() + ": " + each.detail()));
    return new HttpFailure(
        422,
        "UNREACHABLE",
        null,
        "nothing was changed, for none of them answers as it should ("
            + String.join("; ", words)
            + "); force chooses it all the same");
  }

  private List<String> perform(Caller caller, String action, Change change) {
    String outcome = AuditLog.DONE;
    try {
      return change.work().apply(false);
    } catch (HelperException e) {
      outcome = e.reason().name();
      throw e;
    } finally {
      audit.record(caller, action, null, change.before(), change.after(), outcome);
    }
  }
}
