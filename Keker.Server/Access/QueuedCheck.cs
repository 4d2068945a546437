namespace Keker.Server.Access;

/// <summary>A check that waits for its turn.</summary>
/// <param name="check">Checks.</param>
/// <param name="bytes">What is held until it is done.</param>
internal sealed class QueuedCheck(Func<Decision> check, int bytes)
{
    /// <summary>What is held until it is done.</summary>
    public int Bytes => bytes;

    /// <summary>What came out.</summary>
    public TaskCompletionSource<Decision> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Checks. What goes wrong is whoever's who waits.</summary>
    public void Run()
    {
        try
        {
            Done.SetResult(check());
        }
        catch (Exception e)
        {
            Done.SetException(e);
        }
    }
}
