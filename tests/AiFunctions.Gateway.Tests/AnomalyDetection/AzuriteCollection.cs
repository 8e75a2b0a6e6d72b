using AiFunctions.TestHosts;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

/// <summary>The tests that need a real table service share one, and each has tables of its own.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "Azurite";
}
