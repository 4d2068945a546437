namespace Keker.Server.Broker.Topics;

/// <summary>A client whose connection broke, and whose place in a topic holds.</summary>
/// <param name="Token">What it said in its HELLO; empty for none.</param>
/// <param name="Until">When that ends, in milliseconds of the clock.</param>
internal readonly record struct AwayClient(byte[] Token, long Until);
