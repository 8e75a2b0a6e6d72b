using System.Text.Json;
using AiFunctions.Gateway.Apis.Embeddings;
using AiFunctions.Gateway.InputGuard.Prompts;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.Tests.Tokens;
using AiFunctions.Gateway.Tokens;

namespace AiFunctions.Gateway.Tests.Apis.Embeddings;

public class EmbeddingsPromptTests : IClassFixture<LoadedVocabulary>
{
    [Theory]
    [InlineData("\"one\"", "one")]
    [InlineData("[\"one\",\"two\"]", "one\n\ntwo")]
    [InlineData("[1,2]", "")]
    [InlineData("[{\"text\":\"one\",\"image\":\"https://x.example/i\"},\"two\"]", "one\n\ntwo")]
    public void Inputs_are_documents_each_for_itself(string input, string judged)
    {
        using var request = JsonDocument.Parse($"{{\"model\":\"m\",\"input\":{input}}}");
        using var text = new PromptText(trustDeveloper: true, trustAssistant: false);
        EmbeddingsPrompt.Read(request.RootElement, text);

        Assert.Equal("", text.Join(TextSource.User).ToString());
        Assert.Equal(judged, text.Join(TextSource.Document).ToString());
    }

    [Theory]
    [InlineData("\"four\"", 4, 4)]
    [InlineData("[\"four\",\"four\"]", 8, 8)]
    [InlineData("[11,12,13]", 3, 12)]
    [InlineData("[[11,12,13],[14]]", 4, 16)]
    public void Texts_weigh_their_bytes_and_tokens_what_they_are(string input, int tokens, int characters)
    {
        using var request = JsonDocument.Parse($"{{\"model\":\"m\",\"input\":{input},\"encoding_format\":\"base64\"}}");
        var nothing = LoadedVocabulary.Estimator().Weigh("m", TokenizerFamily.Unknown).Tokens;
        var weight = LoadedVocabulary.Estimator().Weigh("m", TokenizerFamily.Unknown);
        EmbeddingsPrompt.Read(request.RootElement, weight);

        Assert.InRange(weight.Tokens - nothing, tokens, tokens + 8);
        Assert.Equal(characters, weight.Characters);
    }
}
