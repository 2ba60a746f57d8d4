package io.airbox.daemon.http;

import io.airbox.daemon.access.AuditLog;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.access.Role;
import io.airbox.daemon.tpu.LoadedPacks;
import io.airbox.daemon.tpu.TpuJson;
import io.airbox.daemon.tpu.TpuService;
import io.airbox.generation.GenerationException;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.PackMemory;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The TPU, and the memory that packs take, there or in RAM. */
final class TpuRoutes {
  private static final String LOADED = "loaded";
  private static final String PINNED = "pinned";

  /** A step of a picture may be waited for, a whole picture not. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final TpuService tpu;
  private final AuditLog audit;
  private final RequestBodies bodies;
  private final TpuWork work;

  TpuRoutes(TpuService tpu, AuditLog audit, RequestBodies bodies, TpuWork work) {
    this.tpu = tpu;
    this.audit = audit;
    this.bodies = bodies;
    this.work = work;
  }

  void mount(Routes routes) {
    routes.get("/api/v1/tpu").handler(this::show);
    routes.put("/api/v1/tpu/packs/:name").handler(this::steer);
  }

  private void show(RoutingContext context) {
    boolean whole = isOperator(context);
    Reply.after(context, () -> document(whole), body -> Reply.json(context, 200, body));
  }

  private static boolean isOperator(RoutingContext context) {
    return Gate.caller(context).actor().role().atLeast(Role.OPERATOR);
  }

  private JsonObject document(boolean whole) {
    return TpuJson.of(tpu.view(), tpu.clock().instant(), whole);
  }

  /** What is wanted of a pack; null leaves it as it is. */
  private record Wish(@Nullable Boolean loaded, @Nullable Boolean pinned) {
    static Wish parse(Buffer body) {
      Fields fields = Fields.parse(body, Set.of(LOADED, PINNED));
      Boolean loaded = choice(fields, LOADED);
      Boolean pinned = choice(fields, PINNED);
      if (loaded == null && pinned == null) {
        throw HttpFailure.invalid(null, "nothing is wanted: say loaded, pinned or both");
      }
      if (Boolean.FALSE.equals(loaded) && Boolean.TRUE.equals(pinned)) {
        throw HttpFailure.invalid(PINNED, "pinned: a pack that is not loaded cannot be pinned");
      }
      return new Wish(loaded, pinned);
    }

    private static @Nullable Boolean choice(Fields fields, String name) {
      if (!fields.mentions(name)) {
        return null;
      }
      if (!fields.has(name)) {
        throw HttpFailure.invalid(name, name + " has to be true or false, it is null");
      }
      return fields.flag(name, false);
    }

    String action() {
      if (Boolean.FALSE.equals(loaded)) {
        return "memory.unload";
      }
      if (pinned == null) {
        return "memory.load";
      }
      return pinned ? "memory.pin" : "memory.unpin";
    }

    void fulfil(String pack, LoadedPacks packs) throws InterruptedException, TimeoutException {
      if (Boolean.FALSE.equals(loaded)) {
        packs.unload(pack, PATIENCE);
        return;
      }
      if (Boolean.TRUE.equals(loaded) && !Boolean.TRUE.equals(pinned)) {
        packs.load(pack, PATIENCE);
      }
      if (pinned != null) {
        packs.pin(pack, pinned, PATIENCE);
      }
    }
  }

  private void steer(RoutingContext context) {
    String pack = context.pathParam("name");
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        Wish::parse,
        wish ->
            work.then(
                context,
                () -> {
                  perform(caller, pack, wish);
                  return document(true);
                },
                body -> Reply.json(context, 200, body)));
  }

  private void perform(Caller caller, String pack, Wish wish) throws InterruptedException {
    String before = state(pack);
    String outcome = AuditLog.DONE;
    try {
      wish.fulfil(pack, tpu.packs());
    } catch (GenerationException e) {
      outcome = e.reason().name();
      throw e.reason() == GenerationException.Reason.OUT_OF_MEMORY
          ? new HttpFailure(507, outcome, null, String.valueOf(e.getMessage()))
          : e;
    } catch (TimeoutException e) {
      outcome = "ENGINE_BUSY";
      throw new HttpFailure(409, outcome, null, String.valueOf(e.getMessage()));
    } finally {
      audit.record(caller, wish.action(), pack, before, state(pack), outcome);
    }
  }

  private String state(String pack) {
    Optional<PackMemory> loaded =
        tpu.packs()
            .report()
            .map(MemoryReport::packs)
            .flatMap(all -> all.stream().filter(each -> each.name().equals(pack)).findFirst());
    return loaded.map(each -> each.pinned() ? PINNED : LOADED).orElse("not loaded");
  }
}
