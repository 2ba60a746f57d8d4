/**
 * Following a flash by what the box prints on its serial console. {@link
 * io.airbox.flasher.watch.FlashWatcher} is the way in: bytes and the time go in, stage, progress
 * and a report come out. It reads no port and sends nothing. With a plan it knows every write that
 * has to come; without one the lines tell what they tell. Lines may be damaged, cut or missing, and
 * a watcher may come in the middle. A watcher belongs to one thread; its memory does not grow with
 * the length of the stream.
 */
@NullMarked
package io.airbox.flasher.watch;

import org.jspecify.annotations.NullMarked;
