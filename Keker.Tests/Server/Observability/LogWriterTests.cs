using Keker.Server.Observability;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.Server.Observability;

internal sealed class LogWriterTests
{
    private const int Most = 10;

    private GatedStream _output = null!;
    private LogWriter _writer = null!;

    [SetUp]
    public void Start()
    {
        _output = new GatedStream();
        _writer = new LogWriter(_output, Most, static dropped => $"dropped {dropped}\n");
    }

    [TearDown]
    public void End()
    {
        _output.GoOn();
        _writer.Dispose();
        _output.Dispose();
    }

    [Test]
    public void Lines_come_in_order_and_the_end_waits_for_the_last()
    {
        for (int i = 0; i < Most; i++)
            _writer.Add($"{i}\n");
        _writer.Dispose();

        Assert.That(_output.Lines, Is.EqualTo(Enumerable.Range(0, Most).Select(i => $"{i}")));
    }

    [Test]
    public void Nobody_waits_for_a_reader_that_has_stopped_and_what_was_dropped_is_told_once_where_it_is_missing()
    {
        FillBehindAReaderThatHasStopped();

        _output.GoOn();
        TestBroker.WaitUntil(() => _output.Lines.Length == Most + 2, "the lines that waited");
        _writer.Add("after\n");
        _writer.Dispose();

        string[] expected = ["first", .. Enumerable.Range(0, Most).Select(i => $"{i}"), "dropped 5", "after"];
        Assert.That(_output.Lines, Is.EqualTo(expected));
    }

    [Test]
    public void The_end_does_not_wait_for_a_reader_that_has_stopped()
    {
        FillBehindAReaderThatHasStopped();

        TestThreads.Run(_writer.Dispose);

        Assert.That(_output.Text, Is.Empty);
    }

    [Test]
    public void What_could_not_be_written_counts_as_dropped()
    {
        _output.Fails = true;
        _writer.Add("lost\n");
        TestBroker.WaitUntil(() => _output.Failures == 1, "the write");
        _output.Fails = false;
        _writer.Add("last\n");
        _writer.Dispose();

        Assert.That(_output.Lines, Is.EqualTo(new[] { "last", "dropped 1" }));
    }

    /// <summary>One line is being written, so many as may wait do, and five more are dropped.</summary>
    private void FillBehindAReaderThatHasStopped()
    {
        _output.Stop();
        _writer.Add("first\n");
        Assert.That(_output.Waits.Wait(TestBroker.Patience), Is.True);
        for (int i = 0; i < Most + 5; i++)
            _writer.Add($"{i}\n");
    }
}
