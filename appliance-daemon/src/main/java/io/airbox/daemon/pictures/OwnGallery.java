package io.airbox.daemon.pictures;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The pictures of some owners. */
final class OwnGallery implements Gallery {
  private final PictureStore store;
  private final Predicate<String> owns;

  OwnGallery(PictureStore store, Predicate<String> owns) {
    this.store = store;
    this.owns = owns;
  }

  @Override
  public Size size() {
    return store.size(owns);
  }

  @Override
  public Optional<StoredPicture> find(String id) {
    return isOwn(id) ? store.find(id) : Optional.empty();
  }

  @Override
  public List<StoredPicture> list(int limit, @Nullable String before) {
    return store.list(limit, before, owns);
  }

  @Override
  public Optional<Path> file(String id) {
    return isOwn(id) ? store.file(id) : Optional.empty();
  }

  @Override
  public Optional<Path> fileNow(String id) {
    return store.knownOwner(id).filter(owns).isPresent() ? store.file(id) : Optional.empty();
  }

  @Override
  public boolean delete(String id) {
    return isOwn(id) && store.delete(id);
  }

  private boolean isOwn(String id) {
    return store.owner(id).filter(owns).isPresent();
  }
}
