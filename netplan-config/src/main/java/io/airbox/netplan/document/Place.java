package io.airbox.netplan.document;

import io.airbox.netplan.Origin;
import io.airbox.netplan.yaml.YamlDocument;
import io.airbox.netplan.yaml.YamlNode;
import org.jspecify.annotations.Nullable;

/**
 * One spot in a file that says something about a setting. A setting has several when several files,
 * or one file twice, say something about it.
 *
 * @param document the file's
 * @param entry the key with its value; null for a value of a list
 * @param item the list's value; null for a key
 * @param shared whether an anchor or alias makes this text count elsewhere too, so that an edit
 *     here changes more than this setting
 */
public record Place(
    YamlDocument document,
    YamlNode.@Nullable Entry entry,
    YamlNode.@Nullable Item item,
    boolean shared) {
  /** The file's name without its folder. */
  public String file() {
    return document.file();
  }

  /** Where people look for it: the value, or the key of a value that has lines of its own. */
  public Origin origin() {
    if (entry == null) {
      return document.origin(node());
    }
    YamlNode value = entry.value();
    boolean block =
        (value instanceof YamlNode.Mapping mapping && !mapping.flow())
            || (value instanceof YamlNode.Sequence sequence && !sequence.flow());
    return document.origin(block ? entry.key() : value);
  }

  /** The value as it is written, which may be an alias. */
  public YamlNode node() {
    if (entry != null) {
      return entry.value();
    }
    if (item != null) {
      return item.value();
    }
    throw new IllegalStateException("a place is a key or a list's value");
  }
}
