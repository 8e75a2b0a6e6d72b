namespace AiFunctions.ColdStart;

/// <summary>What ASP.NET Core costs by itself: one route that answers with a text.</summary>
internal static class EmptyApp
{
    /// <summary>Runs the app.</summary>
    public static void Run(string url)
    {
        var app = WebApplication.CreateBuilder(["--urls", url]).Build();
        app.MapGet("/", () => "Hello!");
        app.Run();
    }

    /// <summary>Starts it as a process of its own, asks it twice and ends it.</summary>
    public static async Task<Start> MeasureAsync()
    {
        var address = FreeAddress.Next();
        using var process = new MeasuredProcess(Environment.ProcessPath!, ["empty", address.AbsoluteUri], AppContext.BaseDirectory, []);
        return await process.MeasureAsync(address, () => new HttpRequestMessage(HttpMethod.Get, address));
    }
}
