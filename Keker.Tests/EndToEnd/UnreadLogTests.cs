using System.Diagnostics;
using System.IO.Pipes;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Keker.Tests.EndToEnd;

/// <summary>A log that nobody reads costs lines and nothing else.</summary>
[Platform("Linux", Reason = "only there can a pipe be made small")]
internal sealed partial class UnreadLogTests
{
    private const string Listening = "listening on ";
    private const int SetPipeSize = 1031;
    private const int SmallestPipe = 4096;

    /// <summary>More than anything on the way holds.</summary>
    private const int Refusals = 6000;
    private const int AtOnce = 200;

    [Test]
    public async Task It_serves_and_ends_with_status_0_while_nobody_reads_its_log()
    {
        using Process process = KekerBinary.Prepare(["--listen", "127.0.0.1:0", "--verbose", "DEBUG"]);
        process.Start();
        try
        {
            IPEndPoint endPoint = await ReadEndPointAsync(process).Soon("a line of the log");
            await UseAsync(endPoint);

            Assert.That(Kill(process.Id, (int)Signal.Terminate), Is.Zero);
            await process.WaitForExitAsync().Soon("kekerd to exit");
            Assert.That(process.ExitCode, Is.Zero);
        }
        finally
        {
            await EndAsync(process);
        }
    }

    [Test]
    public async Task What_was_left_out_is_told_when_somebody_reads_it_again()
    {
        using Process process = KekerBinary.Prepare(["--listen", "127.0.0.1:0", "--verbose", "DEBUG"]);
        process.Start();
        try
        {
            IPEndPoint endPoint = await ReadEndPointAsync(process).Soon("a line of the log");
            await UseAsync(endPoint);

            Assert.That(Kill(process.Id, (int)Signal.Terminate), Is.Zero);
            string log = await process.StandardOutput.ReadToEndAsync().Soon("the end of the log");
            await process.WaitForExitAsync().Soon("kekerd to exit");
            Assert.That(log, Does.Contain("request refused with 404").And.Match("DEBUG [0-9]+ more lines of kind RequestRefused were left out").And.Contain("stopped"));
        }
        finally
        {
            await EndAsync(process);
        }
    }

    /// <summary>Thousands of refusals beside a subscriber, a publisher and a check of health.</summary>
    private static async Task UseAsync(IPEndPoint endPoint)
    {
        using var backend = new Backend(endPoint);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(endPoint, "alice");
        await using RawClient stranger = await RawClient.ConnectAsync(endPoint);
        byte[] requests = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(RawClient.Head("GET", "/nothing"), AtOnce)));
        for (int sent = 0; sent < Refusals; sent += AtOnce)
        {
            await stranger.SendAsync(requests);
            for (int i = 0; i < AtOnce; i++)
                Assert.That((await stranger.ReadResponseAsync()).Status, Is.EqualTo(404));
        }
        Assert.That((await backend.GetAsync("/v1/health")).Status, Is.EqualTo(200));
        Assert.That((await backend.PublishAsync("alice", "hello")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("hello");
    }

    /// <summary>Reads until it says where it listens, and nothing after that; the pipe then holds as little as a pipe can.</summary>
    private static async Task<IPEndPoint> ReadEndPointAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            int at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var pipe = (PipeStream)process.StandardOutput.BaseStream;
            Assert.That(ControlFile(pipe.SafePipeHandle.DangerousGetHandle().ToInt32(), SetPipeSize, SmallestPipe), Is.AtLeast(SmallestPipe));
            return IPEndPoint.Parse(line[(at + Listening.Length)..]);
        }
        throw new InvalidOperationException("kekerd has exited");
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlFile(int descriptor, int command, int value);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
