using System.Diagnostics.CodeAnalysis;

namespace Keker.Server.Broker.FanOut;

/// <summary>
/// Jobs for the fan-out workers, first in, first out. Thread-safe. It cannot grow without bound: a topic has at most one pass,
/// and a pass at most one entry a worker.
/// </summary>
/// <remarks>A plain monitor: waiting workers sleep instead of spinning, which matters on a machine of one or two cores.</remarks>
internal sealed class FanOutQueue
{
    private readonly object _lock = new();
    private readonly Queue<FanOutJob> _jobs = new();
    private bool _completed;

    public void Add(FanOutJob job) => AddCopies(job, 1);

    public void AddCopies(FanOutJob job, int copies)
    {
        lock (_lock)
        {
            for (int i = 0; i < copies; i++)
            {
                _jobs.Enqueue(job);
                Monitor.Pulse(_lock);
            }
        }
    }

    /// <summary>Puts a job behind those that wait, where there are others.</summary>
    /// <returns>False when there is none: the job goes on.</returns>
    public bool TryGiveWay(FanOutJob job)
    {
        lock (_lock)
        {
            if (!_jobs.TryPeek(out FanOutJob? next) || next == job)
                return false;
            _jobs.Enqueue(job);
            return true;
        }
    }

    /// <summary>Waits for the next job.</summary>
    /// <returns>False when there is none and none will come.</returns>
    public bool TryTake([NotNullWhen(true)] out FanOutJob? job)
    {
        lock (_lock)
        {
            while (!_jobs.TryDequeue(out job))
            {
                if (_completed)
                    return false;
                Monitor.Wait(_lock);
            }
            return true;
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            Monitor.PulseAll(_lock);
        }
    }
}
