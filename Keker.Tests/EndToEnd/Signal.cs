namespace Keker.Tests.EndToEnd;

/// <summary>Signals by their number on Linux and macOS alike.</summary>
internal enum Signal
{
    HangUp = 1,
    Interrupt = 2,
    Quit = 3,
    Pipe = 13,
    Alarm = 14,
    Terminate = 15,
}
