/**
 * Root work for the daemon: a closed list of tasks ({@code Verb}), done by a process that systemd
 * starts as root for each connection to a local socket and that ends with it. {@link
 * io.airbox.helper.HelperClient} is the daemon's side, {@code HelperMain} the program. This package
 * knows the JDK alone.
 *
 * <p>The protocol: one request, one reply, end. Each is a frame: its length as four bytes, highest
 * first, then that many bytes of fields: at most 65,536 of a request, 2,097,152 of a reply. A field
 * is its length as two bytes, highest first, then that many bytes of UTF-8; there are at most 64 in
 * a request, 1,024 in a reply, and they fill the frame. A byte that does not fit this makes the
 * whole frame refused.
 *
 * <pre>
 * request  airbox-helper/1  VERB  do | dry-run  [NAME VALUE]…   names ascending, none twice
 * reply    airbox-helper/1  done     [STEP]…                what was done; of a verb that reads, what it read
 *          airbox-helper/1  refused  FIELD | ""  REASON          nothing was done
 *          airbox-helper/1  failed   STEP  MESSAGE               the steps before it were done
 * </pre>
 *
 * <p>Peers are told apart by the kernel ({@code SO_PEERCRED}), not by what they say: only root and
 * the daemon's user are served. To add a task, add a constant to {@code Verb}: it names its
 * arguments, checks them, and says in steps what will be done; dry runs, limits, the journal and
 * replies are everybody's.
 */
@NullMarked
package io.airbox.helper;

import org.jspecify.annotations.NullMarked;
