using System.Buffers;
using System.IO.Pipelines;
using Keker.Server.Net;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Net;

internal sealed class ConnectionReaderTests
{
    [Test]
    public async Task Unread_bytes_come_again_in_one_piece_with_what_follows([Values] bool holdsBuffer)
    {
        var reader = new ConnectionReader(new ScriptedStream([1, 2, 3], [4, 5]), InputBuffers.Unbounded) { HoldsBuffer = holdsBuffer };

        ReadResult first = await reader.ReadAsync();
        Assert.That(first.Buffer.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
        reader.AdvanceTo(first.Buffer.GetPosition(1), first.Buffer.End);

        ReadResult second = await reader.ReadAsync();
        Assert.That(second.Buffer.IsSingleSegment);
        Assert.That(second.Buffer.ToArray(), Is.EqualTo(new byte[] { 2, 3, 4, 5 }));
    }

    [Test]
    public async Task What_was_not_examined_comes_again_without_a_read()
    {
        var stream = new ScriptedStream([1, 2, 3]);
        var reader = new ConnectionReader(stream, InputBuffers.Unbounded);
        ReadResult first = await reader.ReadAsync();
        reader.AdvanceTo(first.Buffer.GetPosition(1));
        int reads = stream.ReadSizes.Count;

        ReadResult second = await reader.ReadAsync();
        Assert.That(second.Buffer.ToArray(), Is.EqualTo(new byte[] { 2, 3 }));
        Assert.That(stream.ReadSizes, Has.Count.EqualTo(reads));
    }

    [Test]
    public async Task Without_a_buffer_in_hand_it_waits_before_it_takes_one()
    {
        var stream = new ScriptedStream([1], [2]);
        var reader = new ConnectionReader(stream, InputBuffers.Unbounded);
        for (int i = 0; i < 2; i++)
        {
            ReadResult result = await reader.ReadAsync();
            reader.AdvanceTo(result.Buffer.End);
        }
        Assert.That(stream.ReadSizes.Select(size => size == 0), Is.EqualTo(new[] { true, false, true, false }));
    }

    [Test]
    public async Task With_a_buffer_in_hand_a_read_is_one_call()
    {
        var stream = new ScriptedStream([1], [2]);
        var reader = new ConnectionReader(stream, InputBuffers.Unbounded) { HoldsBuffer = true };
        for (int i = 0; i < 2; i++)
        {
            ReadResult result = await reader.ReadAsync();
            reader.AdvanceTo(result.Buffer.End);
        }
        Assert.That(stream.ReadSizes, Has.Count.EqualTo(2).And.None.EqualTo(0));
    }

    [Test]
    public async Task Half_a_request_holds_about_what_it_is([Values(1, 200, 1000, 3000, 8000, 14_000)] int length, [Values(300, 4096)] int pieceLength)
    {
        var buffers = new InputBuffers(new UnfinishedBudget(1 << 20));
        var reader = new ConnectionReader(new ScriptedStream([.. new byte[length].Chunk(pieceLength)]), buffers);
        for (int received = 0; received < length;)
        {
            ReadResult result = await reader.ReadAsync();
            received = (int)result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
        await reader.ReadAsync();

        Assert.That(buffers.Budget.Bytes, Is.LessThanOrEqualTo(Math.Max(1024, 4 * length)).And.LessThanOrEqualTo(Math.Max(4096, 2 * length + 512)));
        await reader.CompleteAsync();
        Assert.That(buffers.Budget.Bytes, Is.Zero);
    }

    [Test]
    public async Task A_body_of_known_length_takes_no_more_where_memory_is_short()
    {
        const int Length = 300_000;
        const int Others = 5 << 19;
        var budget = new UnfinishedBudget(4 << 20);
        var reader = new ConnectionReader(new ScriptedStream([.. new byte[Length].Chunk(20_000)]), new InputBuffers(budget)) { Needed = Length };
        budget.Take(Others);
        ReadResult result;
        long most = 0;
        do
        {
            result = await reader.ReadAsync();
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            most = Math.Max(most, budget.Bytes - Others);
        }
        while (result.Buffer.Length < Length);

        Assert.That(most, Is.EqualTo(Length));
    }

    [Test]
    public async Task Without_memory_for_more_it_says_so_once_it_has_waited_and_keeps_what_it_has()
    {
        var budget = new UnfinishedBudget(5000);
        var reader = new ConnectionReader(new ScriptedStream([.. new byte[20_000].Chunk(4096)]), new InputBuffers(budget));
        ReadResult result;
        do
        {
            Task<ReadResult> read = reader.ReadAsync().AsTask();
            using var timeout = new CancellationTokenSource(Patience.Limit);
            while (!read.IsCompleted)
            {
                budget.Beat();
                await Task.WhenAny(read, Task.Delay(1, timeout.Token));
                timeout.Token.ThrowIfCancellationRequested();
            }
            result = await read;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
        while (!result.IsCanceled);

        Assert.That(result.Buffer.Length, Is.EqualTo(4096));
        Assert.That(budget.Bytes, Is.EqualTo(4096));
    }

    [Test]
    public async Task A_peer_that_is_known_is_heard_though_strangers_have_all_the_memory()
    {
        var budget = new UnfinishedBudget(5000);
        budget.Take(5000);
        var reader = new ConnectionReader(new ScriptedStream(new byte[10]), new InputBuffers(budget)) { MayOverdraw = true };

        ReadResult result = await reader.ReadAsync().AsTask().Soon("the bytes");

        Assert.That((result.IsCanceled, result.Buffer.Length), Is.EqualTo((false, 10L)));
        reader.AdvanceTo(result.Buffer.End);
        Assert.That(budget.Bytes, Is.EqualTo(5000), "what was overdrawn is given back");
    }

    [Test]
    public async Task What_was_received_without_it_comes_first([Values] bool examined)
    {
        var reader = new ConnectionReader(new ScriptedStream([4, 5]), InputBuffers.Unbounded);
        Assert.That(reader.TryUnread(new ReadOnlySequence<byte>([1, 2, 3]), examined), Is.True);

        ReadResult result = await reader.ReadAsync().AsTask().Soon("the bytes");

        byte[] expected = examined ? [1, 2, 3, 4, 5] : [1, 2, 3];
        Assert.That(result.Buffer.ToArray(), Is.EqualTo(expected), "looked at, it waits for more");
    }

    [Test]
    public async Task A_body_larger_than_any_buffer_arrives_whole([Values(1, 1000, 2048, 16384, 300_000)] int pieceLength, [Values] bool holdsBuffer)
    {
        byte[] body = new byte[300_000];
        new Random(7).NextBytes(body);
        var reader = new ConnectionReader(new ScriptedStream([.. body.Chunk(pieceLength)]), InputBuffers.Unbounded) { HoldsBuffer = holdsBuffer };
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            if (result.Buffer.Length == body.Length)
            {
                Assert.That(result.Buffer.ToArray(), Is.EqualTo(body));
                return;
            }
            Assert.That(result.IsCompleted, Is.False);
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    [Test]
    public async Task A_stream_consumed_by_any_step_comes_out_as_it_went_in([Values(1, 7, 100, 5000)] int step, [Values(3, 4096)] int pieceLength)
    {
        byte[] sent = new byte[20_000];
        new Random(8).NextBytes(sent);
        var reader = new ConnectionReader(new ScriptedStream([.. sent.Chunk(pieceLength)]), InputBuffers.Unbounded);
        List<byte> received = [];
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            ReadOnlySequence<byte> taken = result.Buffer.Slice(0, Math.Min(step, result.Buffer.Length));
            received.AddRange(taken.ToArray());
            reader.AdvanceTo(taken.End);
            if (result.IsCompleted && taken.Length == result.Buffer.Length)
                break;
        }
        Assert.That(received, Is.EqualTo(sent));
    }

    [Test]
    public async Task The_end_is_told_with_what_was_left_unread()
    {
        var reader = new ConnectionReader(new ScriptedStream([1, 2]), InputBuffers.Unbounded);
        ReadResult first = await reader.ReadAsync();
        reader.AdvanceTo(first.Buffer.Start, first.Buffer.End);

        ReadResult last = await reader.ReadAsync();
        Assert.That(last.IsCompleted);
        Assert.That(last.Buffer.ToArray(), Is.EqualTo(new byte[] { 1, 2 }));
    }

    [Test]
    public async Task What_filled_a_small_buffer_is_followed_by_a_large_one_also_when_a_request_is_left_over([Values] bool leftOver)
    {
        var stream = new ScriptedStream(new byte[2048], new byte[10_000]);
        var reader = new ConnectionReader(stream, InputBuffers.Unbounded) { HoldsBuffer = true };
        ReadResult first = await reader.ReadAsync();
        reader.AdvanceTo(first.Buffer.GetPosition(leftOver ? 1500 : 2048), first.Buffer.End);

        ReadResult second = await reader.ReadAsync();
        Assert.That(second.Buffer.Length, Is.EqualTo((leftOver ? 548 : 0) + 10_000));
    }

    [Test]
    public async Task Who_sends_in_bulk_no_more_waits_with_a_small_buffer_again()
    {
        var stream = new ScriptedStream([new byte[2048], .. Enumerable.Repeat(new byte[10], 100)]);
        var reader = new ConnectionReader(stream, InputBuffers.Unbounded) { HoldsBuffer = true };
        for (int i = 0; i < 101; i++)
        {
            ReadResult result = await reader.ReadAsync();
            reader.AdvanceTo(result.Buffer.End);
        }
        Assert.That(stream.ReadSizes[^1], Is.EqualTo(2048));
        Assert.That(stream.ReadSizes, Has.Some.EqualTo(0), "in between it waited without a buffer");
    }
}
