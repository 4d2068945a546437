namespace Keker.Server.Broker;

/// <summary>
/// Decides who runs the flush passes of a dirty topic: small ones run at once on the thread that published, large ones on
/// worker threads, each of which takes its share of the members.
/// </summary>
/// <remarks>
/// Thread-safe. One pass a topic at a time; whoever finds the pass gate taken leaves it to the owner, which runs another pass.
/// So publishes that arrive during a pass become the batch of the next one.
/// </remarks>
internal sealed class FanOut : IDisposable
{
    /// <summary>Passes in a row that one publisher runs for others before the workers take over.</summary>
    private const int MostInlinePasses = 4;

    private readonly BrokerContext _context;
    private readonly FanOutQueue _queue = new();
    private readonly Thread[] _workers;

    public FanOut(BrokerContext context)
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
        if (!topic.TryEnterPass())
            return;
        for (int passes = 0; passes < MostInlinePasses && topic.MemberCount <= _context.Limits.SmallPass && !topic.HasLargeToDeflate; passes++)
        {
            FlushPass pass = topic.BeginPass();
            Visit(pass, 0, pass.Members.Count, encoder);
            topic.EndPass(pass);
            if (topic.TryLeavePass())
                return;
        }
        _queue.Add(new FanOutJob(topic));
    }

    /// <summary>Stops the workers after what is queued.</summary>
    public void Dispose()
    {
        _queue.Complete();
        foreach (Thread worker in _workers)
            worker.Join();
    }

    private void Visit(FlushPass pass, int start, int end, BatchEncoder encoder)
    {
        encoder.Begin(pass.Topic, pass.Head, _context.Clock.Now, pass.WantsBarrier);
        for (int i = start; i < end; i++)
        {
            if (pass.Members[i] is { } member)
                member.Session.Flush(member, encoder);
        }
    }

    private void Work()
    {
        var encoder = new BatchEncoder(mostBytesToDeflate: int.MaxValue);
        while (_queue.TryTake(out FanOutJob? job))
        {
            // The pass begins only now, so that it carries everything appended while the job was queued.
            if (job.TryBegin())
                _queue.AddCopies(job, Math.Min(_workers.Length, job.Shares) - 1);
            while (job.TryTakeShare(out int start, out int end))
            {
                Visit(job.Pass, start, end, encoder);
                if (job.ShareDone())
                    Finish(job);
            }
            encoder.End(_context);
        }
    }

    private void Finish(FanOutJob job)
    {
        job.Pass.Topic.EndPass(job.Pass);
        if (!job.Pass.Topic.TryLeavePass())
            _queue.Add(new FanOutJob(job.Pass.Topic));
    }
}
