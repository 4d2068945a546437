using System.Net;
using Keker.Benchmarks.Common;

namespace Keker.Benchmarks.Soak;

/// <summary>Sends one bad input after the other, each on a connection of its own, and expects the refusal and the end; some vanish instead.</summary>
internal sealed class Abuser(EndPoint server, Totals totals) : Worker(server, totals)
{
    private const int MostRest = 100;

    private int _next = Random.Shared.Next(BadInput.All.Count);

    protected override async Task RoundAsync(CancellationToken stop)
    {
        BadInput input = BadInput.All[_next++ % BadInput.All.Count];
        if (Random.Shared.Next(8) == 0)
            await VanishAsync(input);
        else if (input.Code is null)
            await SendRequestAsync(input);
        else
            await SendFrameAsync(input);
        Totals.BadInputs.Increment();
        await RestAsync(MostRest, stop);
    }

    /// <summary>A part of it, or of a good request, and a reset.</summary>
    private async Task VanishAsync(BadInput input)
    {
        Wire wire = await Wire.ConnectAsync(Server);
        byte[] bytes = input.Code is null ? input.Bytes : System.Text.Encoding.ASCII.GetBytes(Session.Handshake(Server));
        await wire.SendAsync(bytes.AsMemory(0, Random.Shared.Next(bytes.Length)));
        wire.Reset();
    }

    private async Task SendRequestAsync(BadInput input)
    {
        using Wire wire = await Wire.ConnectAsync(Server);
        await wire.SendAsync(input.Bytes);
        string answer = await wire.ReadToEndAsync().WaitAsync(Load.Patience);
        if (answer.Length > 0 && !input.Statuses.Any(status => answer.StartsWith(status, StringComparison.Ordinal)))
            Totals.Find(Totals.BadInputsTolerated, $"{input.Name}: answered with {answer}");
    }

    private async Task SendFrameAsync(BadInput input)
    {
        using Session session = await Session.ConnectRawAsync(Server);
        await session.HelloAsync($"abuser-{Guid.NewGuid()}");
        await session.Wire.SendAsync(input.Bytes);
        using var patience = new CancellationTokenSource(Load.Patience);
        while ((await session.ReadAsync(null, patience.Token)).Open)
        {
        }
        if (session.CloseStatus != input.Code)
            Totals.Find(Totals.BadInputsTolerated, $"{input.Name}: closed with {session.CloseStatus?.ToString() ?? "nothing"} instead of {input.Code}");
    }
}
