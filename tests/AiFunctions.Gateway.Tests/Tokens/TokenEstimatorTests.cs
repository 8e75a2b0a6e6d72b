using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.Tokens;
using CsCheck;
using Microsoft.ML.Tokenizers;

namespace AiFunctions.Gateway.Tests.Tokens;

public class TokenEstimatorTests : IClassFixture<LoadedVocabulary>
{
    private static readonly TokenizerFamily[] Families = [TokenizerFamily.O200k, TokenizerFamily.Unknown];
    private static readonly Tokenizer Exact = TiktokenTokenizer.CreateForEncoding("o200k_base");

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOf<string>(
            "word", " the", " tokenizer", "\n", "\r\n", "\t", "  ", "/\n", "*/\n/", " ", "😀", "👩‍👩‍👧", "漢字", "हिन्दी", "ü", "\u00a0",
            "aaaaaaaaaa", "==========", "0123456789", "\\", "\"", "'s")
            .Array[0, 120].Select(string.Concat),
        Gen.String[Gen.Char[" \n\tabc/*;.1=é漢"], 0, 900],
        Gen.Select(Gen.Char[" \na漢=0"], Gen.Int[0, 900]).Select((c, n) => new string(c, n)));

    [Fact]
    public void A_prompt_is_never_weighed_lighter_than_the_simulator_counts_it() =>
        Gen.Select(Texts.Array[1, 4], Gen.Bool, Gen.Int[0, 1], Gen.Int[1, 8]).Sample(
            (texts, inParts, family, bytesPerToken) =>
            {
                var json = Request(texts, inParts);
                using var document = JsonDocument.Parse(json);
                using var answer = JsonDocument.Parse(SimulatedChat.To(document.RootElement, DateTimeOffset.UnixEpoch).ToJson());

                var size = Weigh(LoadedVocabulary.Estimator(bytesPerToken), json, "m", Families[family]);

                Assert.True(size.Tokens >= answer.RootElement.GetProperty("usage").GetProperty("prompt_tokens").GetInt64());
                Assert.Equal(texts.Sum(text => text.Length), size.Characters);
            },
            iter: 20_000);

    [Fact]
    public void A_prompt_is_never_weighed_lighter_than_its_whole_text_is_in_o200k() =>
        Texts.Sample(
            text =>
            {
                var exact = Exact.CountTokens(text, considerNormalization: false);
                Assert.True(Count(text, TokenizerFamily.O200k) >= exact);
                Assert.True(Count(text, TokenizerFamily.Unknown, bytesPerToken: 8) >= exact);
                Assert.Equal(Encoding.UTF8.GetByteCount(text), Count(text, TokenizerFamily.Unknown));
            },
            iter: 10_000);

    [Fact]
    public void Prose_is_weighed_close_to_what_it_is()
    {
        var prose = string.Concat(Enumerable.Repeat("The estimate has to be an upper bound, but if it were much too high, half of the window would lie idle. ", 100));

        Assert.InRange(Count(prose, TokenizerFamily.O200k), Exact.CountTokens(prose), 1.08 * Exact.CountTokens(prose));
    }

    [Fact]
    public void A_special_token_in_a_text_is_weighed_as_the_text_that_it_is() =>
        Assert.True(Count(string.Concat(Enumerable.Repeat("<|endoftext|>", 100)), TokenizerFamily.O200k) >= 600);

    [Theory]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"T\"}]}")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"name\":\"T\",\"content\":\"\"}]}")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"T\"}]}]}")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"T\"}}]}]}")]
    [InlineData("{\"messages\":[{\"role\":\"tool\",\"tool_call_id\":\"T\",\"content\":\"x\"}]}")]
    [InlineData("{\"messages\":[],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"T\"}}]}")]
    [InlineData("{\"messages\":[],\"functions\":[{\"name\":\"f\",\"parameters\":{\"T\":{}}}]}")]
    [InlineData("{\"messages\":[],\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"T\":{}}}}")]
    [InlineData("{\"messages\":[],\"prediction\":{\"type\":\"content\",\"content\":\"T\"}}")]
    [InlineData("{\"messages\":[],\"field_of_some_server\":\"T\"}")]
    public void Everything_that_can_reach_the_prompt_weighs(string request)
    {
        var text = string.Concat(Enumerable.Repeat("seven words of a text for once ", 20));
        foreach (var family in Families)
        {
            var with = Weigh(request.Replace("T", text, StringComparison.Ordinal), family).Tokens;
            Assert.True(with - Weigh(request.Replace("T", "", StringComparison.Ordinal), family).Tokens >= Exact.CountTokens(text));
        }
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("logit_bias")]
    public void What_only_steers_weighs_nothing(string field) =>
        Assert.Equal(
            Weigh("{\"messages\":[]}").Tokens, Weigh("{\"messages\":[],\"" + field + "\":{\"50256\":\"" + new string('x', 500) + "\"}}").Tokens);

    [Fact]
    public void Characters_are_those_of_the_texts()
    {
        var size = Weigh(
            """{"model":"m","tools":[{"type":"function"}],"messages":[{"role":"user","name":"ab","content":[{"type":"text","text":"c\u00fc😀\n"},"""
            + """{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},"""
            + """{"type":"input_audio","input_audio":{"data":"AAAA"}}]}]}""");

        Assert.Equal("ab".Length + "cü😀\n".Length + "".Length, size.Characters);
    }

    [Theory]
    [InlineData("\"metadata\":{\"ab\":\"cd\"}", 8 + 4)]
    [InlineData("\"metadata\":[[[1,22],\"\\u00fc\\n\"],[true,null]]", 8 + 3 + 2)]
    [InlineData("\"stop\":[\"\u00fc\ud83d\ude00\"]", 4 + 3)]
    [InlineData("\"logit_bias\":{\"50256\":-100}", 10 + 9)]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", 5 + 12)]
    [InlineData("\"field_of_some_server\":[1.50]", 20 + 4)]
    [InlineData("\"x\":true", 1)]
    public void Every_string_name_and_number_beside_the_messages_counts(string member, int characters) =>
        Assert.Equal(characters, Weigh("{\"messages\":[]," + member + "}").CharactersBeside);

    [Theory]
    [InlineData("\"x\":\"y\"", 0)]
    [InlineData("\"extra\":[12,{\"b\":1.5}]", 2 + 3)]
    [InlineData("\"a_name_that_no_format_knows\":true", 27)]
    public void In_messages_numbers_and_long_names_count(string member, int characters) =>
        Assert.Equal(characters, Weigh("{\"messages\":[{\"role\":\"assistant\"," + member + "}]}").CharactersBeside);

    [Theory]
    [InlineData("data:application/pdf;base64,", 2000, 0)]
    [InlineData("", 2000, 0)]
    [InlineData("no base64: ", 2000, 2011)]
    [InlineData("", 100, 100)]
    public void A_file_in_base64_is_no_text_of_its_own(string before, int length, int characters) => Assert.Equal(
        characters,
        Weigh("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":{\"file_data\":\"" + before + new string('A', length) + "\"}}]}]}").Characters);

    [Fact]
    public void A_long_text_in_the_place_of_an_id_is_text() =>
        Assert.Equal(100, Weigh("{\"messages\":[{\"role\":\"user\",\"content\":\"\",\"id\":\"" + new string('x', 100) + "\"}]}").Characters);

    [Fact]
    public void An_image_weighs_the_same_whatever_its_data()
    {
        var small = Weigh(Image(10));

        var large = Weigh(Image(100_000));
        Assert.Equal((small.Tokens, small.Characters), (large.Tokens, large.Characters));
        Assert.True(small.Tokens >= 4096);
        Assert.True(Weigh(LoadedVocabulary.Estimator(), Encoding.UTF8.GetBytes(Image(10)), "gpt-4o-mini", TokenizerFamily.O200k).Tokens >= 48_169);

        static string Image(int length) =>
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," + new string('A', length) + "\"}}]}]}";
    }

    [Fact]
    public async Task Until_the_vocabulary_is_there_bytes_are_counted()
    {
        using var loaded = new ManualResetEventSlim();
        var vocabulary = new O200kVocabulary(() =>
        {
            loaded.Wait();
            return TiktokenTokenizer.CreateForEncoding("o200k_base");
        });
        var estimator = new TokenEstimator(vocabulary, Microsoft.Extensions.Options.Options.Create(new TokenOptions()));

        Assert.Equal(19, estimator.Count("four words and more", 19, TokenizerFamily.O200k));
        loaded.Set();
        await vocabulary.Loaded;
        Assert.Equal(5, estimator.Count("four words and more", 19, TokenizerFamily.O200k));
    }

    [Fact]
    public void The_worst_of_texts_take_linear_time()
    {
        // Without cuts the worst of these took a minute. The bound is generous, since tests share their machine.
        const int LongestCut = TokenEstimator.LongestCut - 64; // the role is a text, too
        var random = new Random(1);
        (string Name, Func<string> Text)[] worst =
        [
            ("prose", () => Repeat("the worst of ordinary prose ", LongestCut / 28)),
            ("prose, 256 KB", () => Repeat("the worst of ordinary prose ", 9362)),
            ("one letter", () => Repeat("a", LongestCut)),
            ("spaces", () => Repeat(" ", LongestCut)),
            ("line ends", () => Repeat("\n", LongestCut)),
            ("one ideograph", () => Repeat("漢", LongestCut / 3)),
            ("ideographs", () => Random(LongestCut / 3, '一', '龥')),
            ("emoji", () => Repeat("👩‍👩‍👧", LongestCut / 18)),
            ("letters", () => Random(LongestCut, 'a', 'z')),
            ("printable", () => Random(LongestCut, '!', '~')),
            ("special tokens", () => Repeat("<|", LongestCut / 2)),
            ("letters, 256 KB", () => Random(256 * 1024, 'a', 'z')),
            ("ideographs, 256 KB", () => Random(256 * 1024 / 3, '一', '龥')),
        ];
        foreach (var (name, text) in worst)
        {
            foreach (var family in Families)
            {
                var estimator = LoadedVocabulary.Estimator();
                Weigh(estimator, Request([text()], inParts: false), "m", family);
                var json = Request([text()], inParts: false); // another one, so that no cache has it
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                var started = Stopwatch.GetTimestamp();
                var size = Weigh(estimator, json, "m", family);
                var elapsed = Stopwatch.GetElapsedTime(started);
                allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
                TestContext.Current.TestOutputHelper?.WriteLine(
                    $"{family}, {name}: {json.Length} bytes, {size.Tokens} tokens, {elapsed.TotalMilliseconds:0.00} ms, "
                        + $"{elapsed.TotalMicroseconds * 1024 / json.Length:0.0} µs/KB, {allocated} B");
                Assert.True(elapsed < TimeSpan.FromSeconds(10), $"{elapsed}");
            }
        }

        static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

        string Random(int length, char first, char last) => string.Create(length, (random, first, last), static (text, source) =>
        {
            foreach (ref var c in text)
            {
                c = (char)source.random.Next(source.first, source.last + 1);
            }
        });
    }

    private static byte[] Request(string[] texts, bool inParts) => JsonSerializer.SerializeToUtf8Bytes<object>(
        inParts
            ? new { model = "m", messages = new[] { new { role = "user", content = texts.Select(text => new { type = "text", text }) } } }
            : new { model = "m", messages = texts.Select(content => new { role = "user", content }) },
        Unescaped);

    private static PromptWeight Weigh(string json, TokenizerFamily family = TokenizerFamily.O200k) =>
        Weigh(LoadedVocabulary.Estimator(), Encoding.UTF8.GetBytes(json), "m", family);

    private static long Count(string text, TokenizerFamily family, int bytesPerToken = 1) =>
        LoadedVocabulary.Estimator(bytesPerToken).Count(text, Encoding.UTF8.GetByteCount(text), family);

    private static PromptWeight Weigh(TokenEstimator estimator, byte[] json, string model, TokenizerFamily family)
    {
        using var document = JsonDocument.Parse(json);
        var weight = estimator.Weigh(model, family);
        ChatPrompt.Read(document.RootElement, weight);
        return weight;
    }
}
