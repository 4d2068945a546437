using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.FanOut;

/// <summary>
/// Decides who runs the flush passes of a dirty topic: small ones run at once on the thread that published, large ones on
/// worker threads, each of which takes its share of the members.
/// </summary>
/// <remarks>
/// Thread-safe. One pass a topic at a time; whoever finds the pass gate taken leaves it to the owner, which runs another pass.
/// So publishes that arrive during a pass become the batch of the next one.
/// </remarks>
internal sealed class FanOutWorkers : IDisposable
{
    /// <summary>Passes in a row that one publisher runs for others before the workers take over.</summary>
    private const int MostInlinePasses = 4;

    private readonly BrokerContext _context;
    private readonly FanOutQueue _queue = new();
    private readonly Thread[] _workers;

    public FanOutWorkers(BrokerContext context)
    {
        _context = context;
        _workers = new Thread[Math.Max(1, context.Limits.FanOutWorkers)];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work, maxStackSize: 256 << 10) { IsBackground = true, Name = $"fan-out {i}" };
            _workers[i].Start();
        }
    }

    /// <summary>Sees to it that every member gets what was appended before this call.</summary>
    public void Flush(Topic topic, BatchEncoder encoder)
    {
        if (!topic.PassGate.TryEnter())
            return;
        try
        {
            for (int passes = 0; passes < MostInlinePasses && topic.MemberCount <= _context.Limits.SmallPass && !topic.HasLargeToDeflate; passes++)
            {
                RunPass(topic, encoder);
                if (topic.PassGate.TryLeave())
                    return;
            }
            _queue.Add(new FanOutJob(topic));
        }
        catch (Exception e)
        {
            LeaveBroken(topic, e);
        }
    }

    /// <summary>Stops the workers after what is queued.</summary>
    public void Dispose()
    {
        _queue.Complete();
        foreach (Thread worker in _workers)
            worker.Join();
    }

    private void RunPass(Topic topic, BatchEncoder encoder)
    {
        FlushPass pass = topic.BeginPass();
        try
        {
            Visit(pass, 0, pass.Members.Count, encoder);
            NoteSent(pass);
        }
        finally
        {
            topic.EndPass(pass);
        }
    }

    /// <summary>Whatever goes wrong with one member, the next ones are visited.</summary>
    private void Visit(FlushPass pass, int start, int end, BatchEncoder encoder)
    {
        int next = start;
        while (next < end)
        {
            try
            {
                encoder.Begin(pass.Topic, pass.Head, _context.Clock.Now);
                Visit(pass.Members, ref next, end, encoder);
            }
            catch (Exception e)
            {
                _context.Report(e);
            }
        }
    }

    private static void Visit(MemberSnapshot members, ref int next, int end, BatchEncoder encoder)
    {
        while (next < end)
        {
            // Counted before it is served: one that fails is not served again.
            if (members[next++] is { } member)
                member.Session.Flush(member, encoder);
        }
    }

    private void Work()
    {
        var encoder = new BatchEncoder(mostBytesToDeflate: int.MaxValue);
        while (_queue.TryTake(out FanOutJob? job))
        {
            Serve(job, encoder);
            encoder.End(_context);
        }
    }

    /// <summary>Takes shares of a pass as long as nobody else's job waits; then that has its turn. Never throws.</summary>
    private void Serve(FanOutJob job, BatchEncoder encoder)
    {
        if (!TryBegin(job))
            return;
        while (job.TryTakeShare(out int start, out int end))
        {
            Visit(job.Pass, start, end, encoder);
            if (job.ShareDone())
                Finish(job);
            else if (TryGiveWay(job))
                return;
        }
    }

    /// <summary>The pass begins only now, so that it carries everything appended while the job was queued.</summary>
    /// <returns>False when it could not begin.</returns>
    private bool TryBegin(FanOutJob job)
    {
        try
        {
            if (!job.TryBegin())
                return true;
        }
        catch (Exception e)
        {
            // Nobody else has seen the job.
            LeaveBroken(job.Topic, e);
            return false;
        }
        try
        {
            _queue.AddCopies(job, Math.Min(_workers.Length, job.Shares) - 1);
        }
        catch (Exception e)
        {
            // Those who have got it help, and this worker takes all shares that are left.
            _context.Report(e);
        }
        return true;
    }

    /// <returns>False when nobody waits, or the job could not be put behind those who do: it goes on.</returns>
    private bool TryGiveWay(FanOutJob job)
    {
        try
        {
            return _queue.TryGiveWay(job);
        }
        catch (Exception e)
        {
            _context.Report(e);
            return false;
        }
    }

    /// <summary>Every member was visited, and no worker is in the pass any more.</summary>
    private void Finish(FanOutJob job)
    {
        try
        {
            NoteSent(job.Pass);
            job.Topic.EndPass(job.Pass);
            if (!job.Topic.PassGate.TryLeave())
                _queue.Add(new FanOutJob(job.Topic));
        }
        catch (Exception e)
        {
            LeaveBroken(job.Topic, e);
        }
    }

    /// <summary>Every member was visited. A pass that brought nothing new is not counted, nor one that brought what the server tells its operator.</summary>
    private void NoteSent(in FlushPass pass)
    {
        if (pass.OldestAt == 0 || pass.Topic.Kind == TopicKind.Internal)
            return;
        _context.Counters.Histograms.PublishToSend.Record(_context.Clock.Since(pass.OldestAt));
        _context.Counters.Histograms.PassMembers.Record(pass.Members.Count);
    }

    /// <summary>A pass could not begin or end: the next publish makes another one. For the owner of the pass gate.</summary>
    private void LeaveBroken(Topic topic, Exception exception)
    {
        _context.Report(exception);
        while (!topic.PassGate.TryLeave())
        {
        }
    }
}
