using AiFunctions.Local.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
