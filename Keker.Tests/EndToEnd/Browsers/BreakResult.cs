namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>What became of one page and its messages.</summary>
/// <param name="Browser">Its name.</param>
/// <param name="Client">What ran in the page.</param>
/// <param name="Kind">How the connection broke.</param>
/// <param name="Length">For how long.</param>
/// <param name="Published">Messages for it.</param>
/// <param name="Received">Those that came, all in all.</param>
/// <param name="Lost">Those that did not come.</param>
/// <param name="Doubled">Those that came again.</param>
/// <param name="Back">From the end of the break to the first message after it; null when it was never back.</param>
internal sealed record BreakResult(
    string Browser, string Client, string Kind, TimeSpan Length, int Published, int Received, int Lost, int Doubled, TimeSpan? Back);
