using Keker.Server.Observability;

namespace Keker.Server.Access;

/// <summary>A check that waits for its turn.</summary>
/// <param name="check">Checks.</param>
/// <param name="bytes">What is held until it is done.</param>
internal sealed class QueuedCheck(Func<Decision> check, int bytes)
{
    private Func<Decision>? _check = check;
    private bool _isTaken;

    /// <summary>What is held until it is done.</summary>
    public int Bytes => bytes;

    /// <summary>What came out.</summary>
    public TaskCompletionSource<Decision> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes it, to <see cref="Run"/> it or to <see cref="GiveUp"/>. Under the lock of the queue.</summary>
    /// <returns>False when somebody has it already.</returns>
    public bool TryTake() => !_isTaken && (_isTaken = true);

    /// <summary>Checks. What goes wrong is whoever's who waits.</summary>
    public void Run()
    {
        try
        {
            Done.SetResult(_check!());
        }
        catch (Exception e)
        {
            Done.SetException(e);
        }
    }

    /// <summary>Nobody waits any more: nothing is held of it.</summary>
    public void GiveUp()
    {
        _check = null;
        Done.SetResult(Decision.Refuse(RefusalReason.Undecided));
    }
}
