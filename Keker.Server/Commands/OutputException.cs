namespace Keker.Server.Commands;

/// <summary>What was to be written to standard output could not be.</summary>
/// <param name="cause">Why.</param>
internal sealed class OutputException(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>EPIPE, on Linux and macOS alike.</summary>
    private const int BrokenPipe = 32;

    /// <summary>Whether nobody reads it any more: no failure, whoever read it has had enough.</summary>
    public bool IsClosed => InnerException!.HResult == BrokenPipe;
}
