using System.Runtime.CompilerServices;

namespace AiFunctions.Local.Tests.Fixtures;

/// <summary>Has the end-to-end tests run against the Local host.</summary>
internal sealed class LocalHosts : IFrontDoors
{
    public FrontDoor Launch(IReadOnlyDictionary<string, string?> settings) => LocalHost.Launch(settings);

    [ModuleInitializer]
    internal static void Choose() => FrontDoors.Use(new LocalHosts());
}
