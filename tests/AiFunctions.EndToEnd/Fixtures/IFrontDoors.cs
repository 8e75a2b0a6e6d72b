namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>How a kind of front door is started.</summary>
internal interface IFrontDoors
{
    /// <summary>Starts the process and waits for nothing.</summary>
    /// <param name="settings">Environment settings; null removes one.</param>
    FrontDoor Launch(IReadOnlyDictionary<string, string?> settings);
}
