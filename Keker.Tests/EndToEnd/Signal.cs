namespace Keker.Tests.EndToEnd;

/// <summary>Signals by their number on Linux and macOS alike.</summary>
internal enum Signal
{
    HangUp = 1,
    Interrupt = 2,
    Terminate = 15,
}
