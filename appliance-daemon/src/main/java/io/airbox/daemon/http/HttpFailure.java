package io.airbox.daemon.http;

import io.airbox.daemon.access.AccessException;
import io.airbox.daemon.jobs.JobError;
import io.airbox.daemon.jobs.JobRefusedException;
import io.airbox.daemon.network.PlanNotAppliedException;
import io.airbox.daemon.pictures.PictureStoreException;
import io.airbox.daemon.tls.TlsException;
import io.airbox.flasher.FlashException;
import io.airbox.generation.GenerationException;
import io.airbox.helper.HelperException;
import io.airbox.netplan.NetplanException;
import io.airbox.netplan.apply.NetworkApplyException;
import io.airbox.ota.UpdateException;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be served: what every error becomes before it is written as a problem (RFC
 * 9457) or in OpenAI's shape. The one place where reasons become HTTP statuses.
 */
final class HttpFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final @Nullable String field;
  private final @Nullable Duration retryAfter;

  HttpFailure(int status, String code, @Nullable String field, String detail) {
    this(status, code, field, detail, null, null);
  }

  private HttpFailure(
      int status,
      String code,
      @Nullable String field,
      String detail,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(detail, cause);
    this.status = status;
    this.code = code;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  static HttpFailure invalid(@Nullable String field, String detail) {
    return new HttpFailure(400, "INVALID_REQUEST", field, detail);
  }

  static HttpFailure notFound(String detail) {
    return new HttpFailure(404, "NOT_FOUND", null, detail);
  }

  /** Too much is being read at once; nothing is wrong with the request. */
  static HttpFailure busy() {
    return new HttpFailure(
        503,
        "BUSY",
        null,
        "other large requests are being read, and there is no room for this one; try again in a"
            + " second",
        Duration.ofSeconds(1),
        null);
  }

  /** What a thrown error means to the client. Unknown ones are 500 and keep their cause. */
  static HttpFailure of(@Nullable Throwable error, int status) {
    if (error instanceof HttpFailure failure) {
      return failure;
    }
    if (error instanceof GenerationException generation) {
      return new HttpFailure(
          status(generation.reason()),
          generation.reason().name(),
          generation.field(),
          detail(generation),
          null,
          generation);
    }
    if (error instanceof JobRefusedException refused) {
      boolean full =
          refused.reason() == JobRefusedException.Reason.QUEUE_FULL
              || refused.reason() == JobRefusedException.Reason.OWNER_LIMIT;
      return new HttpFailure(
          full ? 429 : 503,
          refused.reason().name(),
          null,
          detail(refused),
          refused.retryAfter(),
          refused);
    }
    if (error instanceof TlsException tls) {
      return new HttpFailure(
          tls.field().isPresent() ? 400 : 500,
          tls.field().isPresent() ? "INVALID_REQUEST" : tls.reason().name(),
          tls.field().orElse(null),
          detail(tls),
          null,
          tls);
    }
    if (error instanceof AccessException access) {
      return new HttpFailure(
          status(access.reason()),
          code(access.reason()),
          access.field(),
          detail(access),
          access.retryAfter(),
          access);
    }
    if (error instanceof HelperException helper) {
      return of(helper);
    }
    if (error instanceof FlashException flash) {
      return new HttpFailure(
          status(flash.reason()), flash.reason().name(), null, detail(flash), null, flash);
    }
    if (error instanceof UpdateException update) {
      return new HttpFailure(
          status(update.reason()), update.reason().name(), null, detail(update), null, update);
    }
    if (error instanceof NetworkApplyException network) {
      return of(network);
    }
    if (error instanceof NetplanException netplan) {
      return of(netplan);
    }
    if (error instanceof PlanNotAppliedException plan) {
      return new HttpFailure(409, plan.reason().name(), null, detail(plan), null, plan);
    }
    if (error instanceof PictureStoreException storage) {
      return new HttpFailure(
          storage.reason() == PictureStoreException.Reason.DISK_FULL ? 507 : 500,
          storage.reason().name(),
          null,
          detail(storage),
          null,
          storage);
    }
    if (error instanceof HttpException http) {
      String detail = http.getPayload();
      return new HttpFailure(
          http.getStatusCode(),
          code(http.getStatusCode()),
          null,
          detail == null ? title(http.getStatusCode()) : detail,
          null,
          http);
    }
    if (error != null && status >= 400 && status < 500) {
      // Vert.x says so, of a request that is not HTTP: no Host, a broken escape
      return new HttpFailure(
          status, code(status), null, "the request is malformed: " + detail(error));
    }
    if (error == null && status >= 400) {
      return new HttpFailure(status, code(status), null, title(status));
    }
    return new HttpFailure(
        500,
        "INTERNAL",
        null,
        "an error inside the daemon; its log says more: " + error,
        null,
        error);
  }

  /** What the error of an ended job means to a client that waited for it. */
  static HttpFailure of(@Nullable JobError error) {
    if (error == null) {
      return new HttpFailure(500, "INTERNAL", null, "the job ended without pictures");
    }
    for (GenerationException.Reason reason : GenerationException.Reason.values()) {
      if (reason.name().equals(error.code())) {
        return new HttpFailure(status(reason), error.code(), error.field(), error.message());
      }
    }
    int status = PictureStoreException.Reason.DISK_FULL.name().equals(error.code()) ? 507 : 500;
    return new HttpFailure(status, error.code(), error.field(), error.message());
  }

  private static int status(GenerationException.Reason reason) {
    return switch (reason) {
      case INVALID_REQUEST -> 400;
      case UNKNOWN_PACK -> 404;
      case CANCELLED -> 409;
      case INVALID_PACK, ENGINE_FAULT -> 500;
      case OUT_OF_MEMORY, WORKER_LOST, DEVICE_HUNG -> 503;
    };
  }

  private static int status(FlashException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND, PORT_NOT_FOUND -> 404;
      case PORT_BUSY -> 409;
      case NOT_A_PACKAGE, UNREADABLE, REFUSED, PORT_FORBIDDEN, PORT_UNUSABLE -> 422;
      case INTERRUPTED, CARD_FAILED, TRANSCRIPT -> 500;
    };
  }

  private static int status(UpdateException.Reason reason) {
    return switch (reason) {
      case NOT_THERE -> 404;
      case BUSY, CANCELLED, NAME_TAKEN -> 409;
      case MALFORMED,
          WRONG_TYPE,
          UNKNOWN_KEY,
          BAD_SIGNATURE,
          TOO_FEW_SIGNATURES,
          ROLLBACK,
          REUSED_NUMBER,
          EXPIRED,
          CLOCK_NOT_SET,
          INCOMPATIBLE,
          WRONG_CONTENT,
          UNREACHABLE,
          UNREADABLE_KEY ->
          422;
      case UNSUITABLE_DISK -> 503;
      case NO_ROOM -> 507;
    };
  }

  private static HttpFailure of(HelperException error) {
    int status =
        switch (error.reason()) {
          case REFUSED -> error.field() == null ? 503 : 400;
          case UNAVAILABLE -> 503;
          case FAILED, PROTOCOL -> 502;
        };
    String code =
        switch (status) {
          case 400 -> "INVALID_REQUEST";
          case 502 -> "HELPER_FAILED";
          default -> "HELPER_UNAVAILABLE";
        };
    return new HttpFailure(status, code, error.field(), detail(error), null, error);
  }

  private static HttpFailure of(NetworkApplyException error) {
    return switch (error.reason()) {
      case INVALID -> network(400, "INVALID_REQUEST", error);
      case BUSY -> network(409, "NETWORK_BUSY", error);
      case NO_SUCH_TRANSACTION -> network(404, "NOT_FOUND", error);
      case WRONG_TOKEN -> network(403, "WRONG_TOKEN", error);
      case NOT_WAITING -> network(409, "NOT_WAITING", error);
      case REFUSED -> network(409, "CHANGE_REFUSED", error);
      case UNAVAILABLE -> network(503, "HELPER_UNAVAILABLE", error);
      case FAILED -> network(502, "HELPER_FAILED", error);
      case STORAGE -> network(500, "STORAGE_FAULT", error);
    };
  }

  private static HttpFailure network(int status, String code, NetworkApplyException error) {
    return new HttpFailure(status, code, null, detail(error), null, error);
  }

  private static HttpFailure of(NetplanException error) {
    return switch (error.reason()) {
      case INVALID_VALUE ->
          new HttpFailure(400, "INVALID_REQUEST", error.field(), detail(error), null, error);
      case INVALID_DOCUMENT, NOT_EDITABLE ->
          new HttpFailure(422, "PLAN_REFUSED", null, detail(error), null, error);
      case UNREADABLE -> new HttpFailure(503, "UNREADABLE", null, detail(error), null, error);
      case NETPLAN_UNAVAILABLE ->
          new HttpFailure(503, "NETPLAN_UNAVAILABLE", null, detail(error), null, error);
    };
  }

  private static int status(AccessException.Reason reason) {
    return switch (reason) {
      case INVALID -> 400;
      case WRONG_PASSPHRASE, INVALID_KEY -> 401;
      case WRONG_CODE, NOT_CLAIMED -> 403;
      case NOT_FOUND -> 404;
      case ALREADY_CLAIMED -> 409;
      case TOO_MANY_ATTEMPTS, QUOTA_EXCEEDED, KEY_LIMIT, GUEST_LIMIT -> 429;
      case DAMAGED, STORAGE_FAULT -> 500;
    };
  }

  private static String code(AccessException.Reason reason) {
    return reason == AccessException.Reason.INVALID ? "INVALID_REQUEST" : reason.name();
  }

  private static String code(int status) {
    return switch (status) {
      case 404 -> "NOT_FOUND";
      case 405 -> "METHOD_NOT_ALLOWED";
      case 408 -> "REQUEST_TIMEOUT";
      case 413 -> "BODY_TOO_LARGE";
      case 414 -> "URL_TOO_LONG";
      case 431 -> "HEADERS_TOO_LARGE";
      default -> status >= 500 ? "INTERNAL" : "INVALID_REQUEST";
    };
  }

  /** The phrase of a status. */
  static String title(int status) {
    return switch (status) {
      case 507 -> "Insufficient Storage";
      default -> io.netty.handler.codec.http.HttpResponseStatus.valueOf(status).reasonPhrase();
    };
  }

  private static String detail(Throwable error) {
    return String.valueOf(error.getMessage());
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  @Nullable String field() {
    return field;
  }

  @Nullable Duration retryAfter() {
    return retryAfter;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  /** It is ours to repair: worth a log entry with its cause. */
  boolean internal() {
    return status >= 500 && "INTERNAL".equals(code) && getCause() != null;
  }
}
