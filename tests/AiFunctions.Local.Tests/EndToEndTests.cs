namespace AiFunctions.Local.Tests;

// The end-to-end tests, run against Local.

public sealed class AnomalyTests(AzuriteFixture azurite) : EndToEnd.AnomalyTests(azurite);

public sealed class AzuriteOutageTests : EndToEnd.AzuriteOutageTests;

public sealed class BlockTests(SimulatorHost simulated, AzuriteFixture azurite) : EndToEnd.BlockTests(simulated, azurite);

public sealed class ContentMarkerTests : EndToEnd.ContentMarkerTests;

public sealed class CredentialTests(SimulatorHost simulated, AzuriteFixture azurite) : EndToEnd.CredentialTests(simulated, azurite);

public sealed class EmbeddingsTests(SimulatorHost simulated, StubbedHost stubbed) : EndToEnd.EmbeddingsTests(simulated, stubbed);

public sealed class HomeDirectoryTests(AzuriteFixture azurite) : EndToEnd.HomeDirectoryTests(azurite);

public sealed class InputGuardTests(AzuriteFixture azurite) : EndToEnd.InputGuardTests(azurite);

public sealed class InvisibleTextTests(StubbedHost stubbed) : EndToEnd.InvisibleTextTests(stubbed);

public sealed class JwtKeyRollTests(AzuriteFixture azurite) : EndToEnd.JwtKeyRollTests(azurite);

public sealed class JwtTests(TokenHost tokens, AzuriteFixture azurite) : EndToEnd.JwtTests(tokens, azurite);

public sealed class KeyRotationTests(SimulatorHost simulated) : EndToEnd.KeyRotationTests(simulated);

public sealed class LimitTests(AzuriteFixture azurite) : EndToEnd.LimitTests(azurite);

public sealed class LongWaitTests(AzuriteFixture azurite) : EndToEnd.LongWaitTests(azurite);

public sealed class LimitsAcrossProcessesTests(AzuriteFixture azurite) : EndToEnd.LimitsAcrossProcessesTests(azurite);

public sealed class ManagementNetworkTests(AzuriteFixture azurite) : EndToEnd.ManagementNetworkTests(azurite);

public sealed class ManagementTests(SimulatorHost simulated, AzuriteFixture azurite) : EndToEnd.ManagementTests(simulated, azurite);

public sealed class ModelTests(AzuriteFixture azurite) : EndToEnd.ModelTests(azurite);

public sealed class OpenAiDotNetTests(SimulatorHost simulated, StubbedHost stubbed) : EndToEnd.OpenAiDotNetTests(simulated, stubbed);

public sealed class OpenAiNpmTests(SimulatorHost simulated, StubbedHost stubbed) : EndToEnd.OpenAiNpmTests(simulated, stubbed);

public sealed class OutputFilterTests(StubbedHost stubbed, AzuriteFixture azurite) : EndToEnd.OutputFilterTests(stubbed, azurite);

public sealed class RelayTests(StubbedHost stubbed, AzuriteFixture azurite) : EndToEnd.RelayTests(stubbed, azurite);

public sealed class ReportTests(AzuriteFixture azurite) : EndToEnd.ReportTests(azurite);

public sealed class RequestBodyTests(SimulatorHost simulated) : EndToEnd.RequestBodyTests(simulated);

public sealed class ResponseHeaderTests(SimulatorHost simulated, AzuriteFixture azurite) : EndToEnd.ResponseHeaderTests(simulated, azurite);

public sealed class TelemetryTests(AzuriteFixture azurite) : EndToEnd.TelemetryTests(azurite);

public sealed class TokenTests(StubbedHost stubbed, SimulatorHost simulated) : EndToEnd.TokenTests(stubbed, simulated);

public sealed class UpstreamQuirkTests(RawHost raw) : EndToEnd.UpstreamQuirkTests(raw);
