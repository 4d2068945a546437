namespace Keker.Benchmarks.Load.Options;

internal static class LoadUsage
{
    public const string Text = """
        Usage: ./build.sh bench MODE [OPTION]...

          fanout    subscribers of one token; a message is done when all have it
          direct    a subscriber for each of many tokens, which are published to in turn
          http      publishing to a token that nobody has
          idle      sessions that are only there: bytes for each
          connect   from no connection to a session, again and again

          --connections N      subscribers (1000; 5000 with idle and connect)
          --size BYTES         of a message, at least 64 (64)
          --window N           fanout: messages in flight (32 for up to 10 connections, 16 up to 100, 8 up to 1000, else 2)
          --publishers N       connections that publish (fanout: 1; direct, http: 16)
          --depth N            direct, http: requests in flight of each publisher (1)
          --seconds S          measured time (5)
          --warmup S           time under load before that (2)
          --hold S             idle: how long (10)
          --rounds N           runs; medians are reported (1; 3 with --compare)
          --compare LIST       measure others as well, in turn: kestrel,signalr,nchan
          --url ws://HOST:PORT load a running Keker instead of starting one
          --verify             look at every byte; numbers, order and lengths are checked always
          --nopin              do not give the server a processor of its own
          --json FILE          write the results there as JSON; - is standard output, tables then go to standard error

        Starts the kekerd that the environment variable KEKERD names, else out/kekerd, afresh for each run.
        Exit status: 0, 1 when a message was lost, doubled, out of order or wrong or a run failed, 2 for mistakes in the options.
        """;
}
