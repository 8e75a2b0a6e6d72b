namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>The minute that limits are counted in, by the clock on the wall: what a test counts must lie in one.</summary>
internal static class Minute
{
    // In its first second a minute lasts "1m0s" more, afterwards seconds only.
    private const double FirstSecond = 1.1;

    /// <summary>Waits until at least so much of a minute is left, 25 s by default, and its first second is over.</summary>
    public static async Task WaitForRoomAsync(TimeSpan? room = null)
    {
        var gone = DateTimeOffset.UtcNow.TimeOfDay.TotalSeconds % 60;
        var needed = (room ?? TimeSpan.FromSeconds(25)).TotalSeconds;
        if (gone < FirstSecond || 60 - gone < needed)
        {
            await Task.Delay(TimeSpan.FromSeconds((gone < FirstSecond ? 0 : 60) + FirstSecond - gone), TestContext.Current.CancellationToken);
        }
    }
}
