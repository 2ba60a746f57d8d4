package io.airbox.ota.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a real folder, without waiting until that lasts, and remembers each step; any number of
 * the first steps can be brought about again in another folder, as a power cut after them leaves
 * it.
 */
public final class RecordedDisk implements Disk {
  /** What a power cut does to what was not synchronized. */
  public enum Loss {
    /** Nothing: the program alone was killed. */
    NONE,
    /** Neither names nor contents are there. */
    ALL,
    /** Names are there, contents are as long as they were when synchronized. */
    CONTENT,
    /** Names are there, contents have their length and are nought. */
    NOUGHT
  }

  private interface Step {
    void apply(Tree tree);
  }

  private static class Node {}

  private static final class Content extends Node {
    private byte[] now = {};
    private byte[] lasting = {};
  }

  private static final class Link extends Node {
    private final Path target;

    Link(Path target) {
      this.target = target;
    }
  }

  private static final class Folder extends Node {
    private final Map<String, Node> now = new TreeMap<>();
    private final Map<String, Node> lasting = new TreeMap<>();
  }

  /** What the steps so far made. */
  private static final class Tree {
    private final Folder root = new Folder();

    private Folder folder(@Nullable Path path) {
      Folder at = root;
      if (path != null && !path.toString().isEmpty()) {
        for (Path name : path) {
          at = (Folder) at.now.get(name.toString());
        }
      }
      return at;
    }

    private static String name(Path path) {
      return path.getFileName().toString();
    }

    private @Nullable Node find(Path path) {
      return folder(path.getParent()).now.get(name(path));
    }

    private Content content(Path path) {
      Node there = find(path);
      if (there instanceof Content content) {
        return content;
      }
      Content fresh = new Content();
      put(path, fresh);
      return fresh;
    }

    private void put(Path path, Node node) {
      folder(path.getParent()).now.put(name(path), node);
    }

    private void remove(Path path) {
      folder(path.getParent()).now.remove(name(path));
    }

    private void write(Loss loss, Path to) throws IOException {
      write(root, loss, to, new IdentityHashMap<>());
    }

    private static void write(Folder folder, Loss loss, Path to, Map<Node, Path> written)
        throws IOException {
      Map<String, Node> names = loss == Loss.ALL ? folder.lasting : folder.now;
      for (Map.Entry<String, Node> each : names.entrySet()) {
        Path path = to.resolve(each.getKey());
        if (each.getValue() instanceof Folder sub) {
          Files.createDirectory(path);
          write(sub, loss, path, written);
        } else if (each.getValue() instanceof Link link) {
          Files.createSymbolicLink(path, link.target);
        } else if (each.getValue() instanceof Content content) {
          Path other = written.putIfAbsent(content, path);
          if (other == null) {
            Files.write(path, bytes(content, loss));
          } else {
            Files.createLink(path, other);
          }
        }
      }
    }

    private static byte[] bytes(Content content, Loss loss) {
      return switch (loss) {
        case NONE -> content.now;
        case ALL, CONTENT -> content.lasting;
        case NOUGHT ->
            Arrays.equals(content.now, content.lasting)
                ? content.now
                : Arrays.copyOf(
                    Arrays.copyOf(
                        content.now, Math.min(content.lasting.length, content.now.length)),
                    content.now.length);
      };
    }
  }

  private final Path top;
  private final Disk real = Disk.real();
  private final List<Step> steps = new ArrayList<>();
  private int left = Integer.MAX_VALUE;
  private long room = Long.MAX_VALUE;

  public RecordedDisk(Path top) {
    this.top = top;
  }

  /** How many steps were done. */
  public int steps() {
    return steps.size();
  }

  /** Lets so many more steps happen and then none, until the next call. */
  public void fullAfter(int more) {
    left = more;
  }

  /** How much may still be written. */
  public void room(long bytes) {
    room = bytes;
  }

  /** Makes an empty folder what a cut after so many steps leaves. */
  public void replay(int count, Loss loss, Path to) throws IOException {
    Tree tree = new Tree();
    for (Step step : steps.subList(0, count)) {
      step.apply(tree);
    }
    tree.write(loss, to);
  }

  private Path relative(Path path) {
    return top.relativize(path);
  }

  private void step(Step step) throws IOException {
    if (left <= 0) {
      throw new IOException("No space left on device");
    }
    left--;
    steps.add(step);
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Path path = relative(folder);
      step(tree -> tree.put(path, new Folder()));
    }
    real.createFolder(folder);
  }

  @Override
  public Writing write(Path file, long from) throws IOException {
    Path path = relative(file);
    step(
        tree -> {
          Content content = tree.content(path);
          content.now = Arrays.copyOf(content.now, (int) from);
        });
    Writing out = real.write(file, from);
    return new Writing() {
      @Override
      public void write(byte[] source, int offset, int length) throws IOException {
        byte[] bytes = Arrays.copyOfRange(source, offset, offset + length);
        step(
            tree -> {
              Content content = tree.content(path);
              byte[] longer = Arrays.copyOf(content.now, content.now.length + bytes.length);
              System.arraycopy(bytes, 0, longer, content.now.length, bytes.length);
              content.now = longer;
            });
        out.write(source, offset, length);
      }

      @Override
      public void sync() throws IOException {
        step(
            tree -> {
              Content content = tree.content(path);
              content.lasting = content.now;
            });
      }

      @Override
      public void close() throws IOException {
        out.close();
      }
    };
  }

  @Override
  public void makeReadOnly(Path file) throws IOException {
    real.makeReadOnly(file);
  }

  @Override
  public void link(Path file, Path name) throws IOException {
    Path from = relative(file);
    Path to = relative(name);
    step(tree -> tree.put(to, tree.content(from)));
    real.link(file, name);
  }

  @Override
  public void symbolicLink(Path name, Path target) throws IOException {
    Path path = relative(name);
    step(tree -> tree.put(path, new Link(target)));
    real.symbolicLink(name, target);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    Path old = relative(from);
    Path fresh = relative(to);
    step(
        tree -> {
          Node node = tree.find(old);
          tree.remove(old);
          if (node != null) {
            tree.put(fresh, node);
          }
        });
    real.move(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    Path gone = relative(path);
    step(tree -> tree.remove(gone));
    real.delete(path);
  }

  @Override
  public void sync(Path folder) throws IOException {
    Path path = relative(folder);
    step(
        tree -> {
          Folder synced = tree.folder(path);
          synced.lasting.clear();
          synced.lasting.putAll(synced.now);
        });
  }

  @Override
  public long room(Path folder) {
    return room;
  }
}
