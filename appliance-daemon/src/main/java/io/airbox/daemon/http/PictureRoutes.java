package io.airbox.daemon.http;

import io.airbox.daemon.access.Actor;
import io.airbox.daemon.access.Role;
import io.airbox.daemon.pictures.Gallery;
import io.airbox.daemon.pictures.PictureStore;
import io.airbox.daemon.pictures.StoredPicture;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The gallery. */
final class PictureRoutes {
  private final PictureStore pictures;
  private final RequestBodies bodies;

  PictureRoutes(PictureStore pictures, RequestBodies bodies) {
    this.pictures = pictures;
    this.bodies = bodies;
  }

  void mount(Routes router) {
    router.get("/api/v1/pictures").handler(this::list);
    router.post("/api/v1/pictures/read").handler(this::read);
    router.get("/api/v1/pictures/:id.png").handler(this::file);
    router.get("/api/v1/pictures/:id").handler(this::show);
    router.delete("/api/v1/pictures/:id").handler(this::delete);
  }

  private void list(RoutingContext context) {
    int limit = (int) QueryFields.whole(context, "limit", 1, 1000, 50);
    String before = before(context.request().getParam("before"));
    Gallery gallery = gallery(context);
    Reply.after(
        context,
        () -> {
          JsonArray list = new JsonArray();
          gallery.list(limit, before).forEach(picture -> list.add(JobJson.picture(picture)));
          Gallery.Size size = gallery.size();
          return new JsonObject()
              .put("pictures", list)
              .put("count", size.pictures())
              .put("bytes", size.bytes());
        },
        body -> Reply.json(context, 200, body));
  }

  /** The pictures of whoever asks. */
  private Gallery gallery(RoutingContext context) {
    Actor actor = Gate.caller(context).actor();
    return actor.role().atLeast(Role.OPERATOR) ? pictures : pictures.of(actor::owns);
  }

  private static @Nullable String before(@Nullable String text) {
    if (text != null && !PictureStore.isId(text)) {
      throw HttpFailure.invalid(
          "before",
          "before: is not the id of a picture; give that of the last one of the page before");
    }
    return text;
  }

  private void show(RoutingContext context) {
    String id = context.pathParam("id");
    Gallery gallery = gallery(context);
    Reply.after(
        context,
        () -> gallery.find(id).orElseThrow(() -> unknown(id)),
        (StoredPicture picture) -> Reply.json(context, 200, JobJson.picture(picture)));
  }

  private void file(RoutingContext context) {
    String id = context.pathParam("id");
    Gallery gallery = gallery(context);
    Optional<Path> known = gallery.fileNow(id);
    if (known.isPresent()) {
      send(context, id, known.get());
      return;
    }
    Reply.after(
        context,
        () -> gallery.file(id).orElseThrow(() -> unknown(id)),
        (Path file) -> send(context, id, file));
  }

  private static void send(RoutingContext context, String id, Path file) {
    String tag = "\"" + id + "\"";
    context
        .response()
        .putHeader(HttpHeaders.ETAG, tag)
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=31536000, immutable");
    if (tag.equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
      context.response().setStatusCode(304).end();
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "image/png")
        .putHeader("Content-Disposition", "inline; filename=\"" + id + ".png\"")
        .sendFile(file.toString())
        .onFailure(gone -> context.fail(unknown(id)));
  }

  private void delete(RoutingContext context) {
    String id = context.pathParam("id");
    Gallery gallery = gallery(context);
    Reply.after(
        context,
        () -> {
          if (!gallery.delete(id)) {
            throw unknown(id);
          }
          return id;
        },
        deleted -> Reply.nothing(context));
  }

  private void read(RoutingContext context) {
    bodies.read(
        context,
        body -> RequestJson.fromPicture(body.getBytes()),
        request -> Reply.json(context, 200, request));
  }

  private static HttpFailure unknown(String id) {
    return HttpFailure.notFound("there is no picture " + id);
  }
}
